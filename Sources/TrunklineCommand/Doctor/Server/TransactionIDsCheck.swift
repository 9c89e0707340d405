import Postgres

/// Transaction ids left before the server refuses to write.
struct TransactionIDsCheck: RowCheck {
    static let name = "transactions"
    static let well = "the oldest transaction id is far from wrapping around"

    static func judge(_ row: Row) throws -> Finding? { judge(age: try row.decode(Int64.self)) }

    static func judge(age: Int64) -> Finding? {
        let remedy = "end old snapshots and prepared transactions (see the check snapshots), then VACUUM (FREEZE)"
        let text =
            "the oldest transaction id of this database is \(age / 1_000_000) million old; the server stops writing at 2,100 million"
        if age >= 1_600_000_000 { return .failure(name, text, remedy: remedy) }
        if age >= 500_000_000 { return .warning(name, text, remedy: remedy) }
        return nil
    }

    static let question = Statement(
        "command.doctor.transactions", "SELECT age(datfrozenxid)::bigint FROM pg_database WHERE datname = current_database()")
}
