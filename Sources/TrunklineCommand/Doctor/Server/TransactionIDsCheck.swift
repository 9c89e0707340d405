import Postgres

/// Transaction ids left before the server refuses to write.
struct TransactionIDsCheck: RowCheck {
    static let name = "transactions"
    static let well = "the oldest transaction id is far from wrapping around"

    /// Transactions that the oldest id may be old.
    var old: Int64 = 500_000_000
    var tooOld: Int64 = 1_600_000_000

    func judge(_ row: Row) throws -> Finding? { judge(age: try row.decode(Int64.self)) }

    func judge(age: Int64) -> Finding? {
        let remedy = "end old snapshots and prepared transactions (see the check snapshots), then VACUUM (FREEZE)"
        let text =
            "the oldest transaction id of this database is \(age / 1_000_000) million old; the server stops writing at 2,100 million"
        if age >= tooOld { return .failure(name, text, remedy: remedy) }
        if age >= old { return .warning(name, text, remedy: remedy) }
        return nil
    }

    static let question = Statement(
        "command.doctor.transactions", "SELECT age(datfrozenxid)::bigint FROM pg_database WHERE datname = current_database()")
}
