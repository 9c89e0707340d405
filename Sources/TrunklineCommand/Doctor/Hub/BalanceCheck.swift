import Postgres

/// Days on which not every call that came in is in a state.
struct BalanceCheck: RowCheck {
    static let name = "balance"
    static let well = "every call of the last 14 days is in exactly one state"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, day, seen, difference) = try row.decode(String.self, String.self, Int64.self, Int64.self)
        return .failure(
            name,
            "\(tenant), \(day): \(seen) calls came in, \(abs(difference)) of them \(difference > 0 ? "are in no state" : "too many are in states")",
            remedy:
                "compare report.daily_balance with hub.call of that day; `trunkline backfill start` for it brings in what is missing"
        )
    }

    static let question = Statement(
        "command.doctor.balance",
        """
        SELECT tenant, day::text, seen, difference FROM report.daily_balance
        WHERE day > current_date - 14 AND difference <> 0
        ORDER BY day DESC, tenant
        LIMIT 20
        """)
}
