import Postgres

/// The hub's roles: all there, the owner owns, and the doctor itself is an operator.
struct RolesCheck: DoctorCheck {
    static let name = "roles"

    var wanted = [
        "trunkline_owner", "trunkline_call_sync", "trunkline_user_sync", "trunkline_callback_sync", "trunkline_router",
        "trunkline_console", "trunkline_operator", "trunkline_report", "trunkline_monitor",
    ]

    func findings(_ patient: Patient) async throws -> [Finding] {
        let roles = try await patient.database.query(Self.roles).map { try $0.decode(String.self) }
        let strangers = try await patient.database.query(Self.strangers).map { try $0.decode(String.self) }
        let (isSuperuser, isOperator, user) = try await patient.database.query(Self.myself)[0].decode(
            Bool.self, Bool?.self, String.self)
        return judge(
            roles: Set(roles), strangers: strangers, isSuperuser: isSuperuser, isOperator: isOperator ?? false, user: user)
    }

    /// - Parameter strangers: objects of the hub's schemas that the owner does not own.
    func judge(roles: Set<String>, strangers: [String], isSuperuser: Bool, isOperator: Bool, user: String) -> [Finding] {
        let missing = wanted.filter { !roles.contains($0) }
        guard missing.isEmpty else {
            return [.failure(name, "missing: \(missing.joined(separator: ", "))", remedy: "run `trunkline migrate`")]
        }
        var findings: [Finding] = []
        if !strangers.isEmpty {
            findings.append(
                .failure(
                    name, "not owned by trunkline_owner: \(strangers.prefix(5).joined(separator: ", "))",
                    remedy: "ALTER … OWNER TO trunkline_owner: the next migration can't change them"))
        }
        if !isSuperuser, !isOperator {
            findings.append(
                .warning(
                    name, "\(user) is not a member of trunkline_operator", remedy: "run doctor with an operator's login"))
        }
        return findings.isEmpty ? [.ok(name, "all \(wanted.count) are there, objects have one owner")] : findings
    }

    static let roles = Statement(
        "command.doctor.roles",
        """
        SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'trunkline\\_%' AND NOT rolcanlogin
        """)

    static let strangers = Statement(
        "command.doctor.strangers",
        """
        SELECT n.nspname || '.' || c.relname
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('hub', 'report') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
          AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = 'trunkline_owner')
        ORDER BY 1
        """)

    static let myself = Statement(
        "command.doctor.myself",
        """
        SELECT rolsuper, CASE WHEN to_regrole('trunkline_operator') IS NOT NULL
                              THEN pg_has_role(session_user, 'trunkline_operator', 'MEMBER') END,
               rolname::text
        FROM pg_roles WHERE rolname = session_user
        """)
}
