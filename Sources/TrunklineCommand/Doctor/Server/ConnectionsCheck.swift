import Postgres

/// Room for connections: a program that is started when there is none can't begin.
struct ConnectionsCheck: RowCheck {
    static let name = "sessions"
    static let well = "less than four fifths of max_connections are in use"

    /// Share of max_connections from which room is short.
    var share = 0.8

    func judge(_ row: Row) throws -> Finding? {
        let (used, most) = try row.decode(Int64.self, Int64.self)
        guard Double(used) >= share * Double(most) else { return nil }
        return .warning(
            name, "\(used) of \(most) connections are in use",
            remedy: "raise max_connections, lower database.connections of the programs, or put PgBouncer before the server")
    }

    static let question = Statement(
        "command.doctor.sessions",
        """
        SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type IN ('client backend', 'walsender')),
               current_setting('max_connections')::bigint
        """)
}
