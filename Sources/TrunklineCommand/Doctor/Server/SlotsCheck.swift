import Postgres

/// Replication slots that nobody reads: the server keeps WAL for them until its disk is full.
struct SlotsCheck: RowCheck {
    static let name = "slots"
    static let well = "no replication slot stands unread"

    func judge(_ row: Row) throws -> Finding? {
        let (slot, kept) = try row.decode(String.self, Int64.self)
        let text = "nobody reads the replication slot \(slot); the server keeps \(kept / 1_048_576) MB of WAL for it"
        let remedy = "start its reader, or SELECT pg_drop_replication_slot('\(slot)')"
        return kept >= 10 << 30 ? .failure(name, text, remedy: remedy) : .warning(name, text, remedy: remedy)
    }

    static let question = Statement(
        "command.doctor.slots",
        """
        SELECT slot_name::text,
               coalesce(CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END, 0)::bigint
        FROM pg_replication_slots
        WHERE NOT active
        ORDER BY 1
        """)
}
