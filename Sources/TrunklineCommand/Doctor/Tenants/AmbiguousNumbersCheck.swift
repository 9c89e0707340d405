import Postgres

/// Numbers that several carry, so that their calls are linked to nobody.
struct AmbiguousNumbersCheck: RowCheck {
    static let name = "duplicate numbers"
    static let well = "no number with calls is carried by several"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, numbers, calls) = try row.decode(String.self, Int64.self, Int64.self)
        return .warning(
            name,
            "\(tenant): \(calls) calls of \(numbers) numbers were linked to nobody because several records carry the number",
            remedy: "`trunkline matches --tenant \(tenant)`: decide once whose each is")
    }

    static let question = Statement(
        "command.doctor.duplicate_numbers",
        """
        SELECT t.name, count(*), coalesce(sum(a.calls), 0)::bigint
        FROM hub.directory_ambiguity a
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled
        GROUP BY t.name
        ORDER BY t.name
        """)
}
