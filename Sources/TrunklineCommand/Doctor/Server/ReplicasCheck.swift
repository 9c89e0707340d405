import Operations
import Postgres

/// Standbys that are far behind the primary.
struct ReplicasCheck: RowCheck {
    static let name = "replicas"
    static let well = "no standby is more than 30 s or 1 GB behind"

    /// Seconds and bytes that a standby may be behind.
    var late: (seconds: Double, bytes: Int64) = (30, 1 << 30)
    var tooLate: (seconds: Double, bytes: Int64) = (600, 16 << 30)

    func judge(_ row: Row) throws -> Finding? {
        let (standby, state, seconds, bytes) = try row.decode(String.self, String.self, Double.self, Int64.self)
        return judge(standby, state, seconds: seconds, bytes: bytes)
    }

    /// - Parameters:
    ///   - seconds: how long ago what it replays now was written.
    ///   - bytes: WAL that it has not replayed.
    func judge(_ standby: String, _ state: String, seconds: Double, bytes: Int64) -> Finding? {
        let remedy = "look at its log, its disk and the network; what asks it sees the past"
        let behind = "standby \(standby) (\(state)) is \(PlainTime.span(seconds)) and \(bytes / 1_048_576) MB behind"
        if seconds >= tooLate.seconds || bytes >= tooLate.bytes { return .failure(name, behind, remedy: remedy) }
        if seconds >= late.seconds || bytes >= late.bytes { return .warning(name, behind, remedy: remedy) }
        return nil
    }

    static let question = Statement(
        "command.doctor.replicas",
        """
        SELECT coalesce(nullif(application_name, ''), host(client_addr), 'unnamed'), coalesce(state, 'unknown'),
               coalesce(extract(epoch FROM replay_lag), 0)::float8,
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint
        FROM pg_stat_replication
        WHERE NOT pg_is_in_recovery()
        ORDER BY 1
        """)
}
