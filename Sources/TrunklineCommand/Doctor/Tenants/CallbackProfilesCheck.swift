import Postgres

/// Callback profiles that can't work.
struct CallbackProfilesCheck: RowCheck {
    static let name = "callback profiles"
    static let well = "every callback profile works"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, profile, problem) = try row.decode(String.self, String.self, String.self)
        return .failure(
            name, "profile \(profile) of \(tenant) takes nothing in: \(problem)",
            remedy: "`trunkline callbacks profiles --tenant \(tenant)`, or the profile's row in Dynamics")
    }

    static let question = Statement(
        "command.doctor.callback_profiles",
        """
        SELECT t.name, p.name, coalesce(c.problem_text, c.problem, p.problem, c.read_problem_text)
        FROM hub.callback_profile p
        JOIN hub.tenant t USING (tenant_id)
        LEFT JOIN hub.callback_check c USING (tenant_id, profile_id)
        WHERE t.enabled AND p.enabled AND p.deleted_at IS NULL
          AND (coalesce(c.problem, p.problem) IS NOT NULL OR c.read_list = p.callback_list_id AND c.read_problem IS NOT NULL)
        ORDER BY t.name, p.name
        """)
}
