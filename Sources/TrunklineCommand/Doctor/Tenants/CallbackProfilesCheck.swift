import Operations
import Postgres

/// Callback profiles that can't work, or not as they stand in Dynamics.
struct CallbackProfilesCheck: RowCheck {
    static let name = "callback profiles"
    static let well = "every callback profile works"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, profile, text, kind) = try row.decode(String.self, String.self, String?.self, String?.self)
        guard let problem = ProfileProblem(kind: kind, text: text) else { return nil }
        return Finding(
            level: problem.kind == .stands ? .failure : .warning, check: Self.name,
            text: "profile \(profile) of \(tenant) \(problem.words)",
            remedy: "`trunkline callbacks profiles --tenant \(tenant)`, or the profile's row in Dynamics")
    }

    static let question = Statement(
        "command.doctor.callback_profiles",
        """
        SELECT t.name, p.name, \(ProfileProblem.sql), \(ProfileProblem.sqlOfKind)
        FROM hub.callback_profile p
        JOIN hub.tenant t USING (tenant_id)
        \(ProfileProblem.check)
        WHERE t.enabled AND p.enabled AND p.deleted_at IS NULL
        ORDER BY t.name, p.name
        """)
}
