import Postgres

/// Matched users without a mobile number in Dynamics: their mobile calls find no owner by it.
struct MobileNumbersCheck: RowCheck {
    static let name = "mobile numbers"
    static let well = "every matched user has a mobile number in Dynamics"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, without, all) = try row.decode(String.self, Int64.self, Int64.self)
        return .warning(
            name, "\(tenant): \(without) of \(all) matched users have no mobile number in Dynamics",
            remedy: "`trunkline users --only no-mobile --tenant \(tenant)` lists them; put the number on the user's form")
    }

    static let isThere: Statement? = Statement(
        "command.doctor.mobile_numbers_there",
        "SELECT EXISTS (SELECT FROM hub.person JOIN hub.tenant t USING (tenant_id) WHERE t.enabled)")

    static let question = Statement(
        "command.doctor.mobile_numbers",
        """
        SELECT t.name, count(*) FILTER (WHERE p.mobile_number IS NULL), count(*)
        FROM hub.person p
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND NOT p.disabled AND p.enreach_user_id IS NOT NULL
        GROUP BY t.name
        HAVING count(*) FILTER (WHERE p.mobile_number IS NULL) > 0
        ORDER BY t.name
        """)
}
