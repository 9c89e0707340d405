import Postgres

/// Users who can't be told who they are in the other system: their calls go to somebody else.
struct PeopleCheck: RowCheck {
    static let name = "people"
    static let well = "every user of Dynamics with an Enreach role is matched"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, ambiguous, unmatched) = try row.decode(String.self, Int64.self, Int64.self)
        return .warning(
            name, "\(tenant): \(unmatched) users of Enreach are matched to nobody in Dynamics, \(ambiguous) to several",
            remedy: "`trunkline users --tenant \(tenant)` says why of each; correct their e-mail, or choose by hand")
    }

    static let isThere: Statement? = Statement(
        "command.doctor.people_there",
        "SELECT EXISTS (SELECT FROM hub.enreach_user JOIN hub.tenant t USING (tenant_id) WHERE t.enabled)")

    static let question = Statement(
        "command.doctor.people",
        """
        SELECT t.name, count(*) FILTER (WHERE u.match_state = 'ambiguous'), count(*) FILTER (WHERE u.match_state = 'unmatched')
        FROM hub.enreach_user u
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND u.gone_at IS NULL AND u.match_state <> 'matched'
        GROUP BY t.name
        ORDER BY t.name
        """)
}
