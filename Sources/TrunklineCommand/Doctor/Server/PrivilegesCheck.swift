import Postgres

/// What each role was granted by the migrations is there, and no program signs in as somebody with more.
struct PrivilegesCheck: DoctorCheck {
    static let name = "privileges"

    /// Programs by the name their sessions bear.
    static let programs = ["call-sync", "user-sync", "callback-sync", "router", "console"]

    func findings(_ patient: Patient) async throws -> [Finding] {
        let wanted = Grant.wanted
        let missing = try await patient.database.query(
            Self.missing, [wanted.map(\.role), wanted.map(\.kind.rawValue), wanted.map(\.privilege), wanted.map(\.object)]
        ).map { wanted[try $0.decode(Int.self) - 1] }
        let powerful = try await patient.database.query(Self.powerful, [Self.programs]).map {
            try $0.decode(String.self, String.self)
        }
        return Self.judge(missing: missing, powerful: powerful.map { (program: $0.0, user: $0.1) })
    }

    static func judge(missing: [Grant], powerful: [(program: String, user: String)]) -> [Finding] {
        var findings = Dictionary(grouping: missing, by: \.role).sorted { $0.key < $1.key }.map { role, grants in
            let shown = grants.prefix(5).map { "\($0.privilege) on \($0.object)" }.joined(separator: ", ")
            let more = grants.count > 5 ? " and \(grants.count - 5) more" : ""
            return Finding.failure(
                name, "\(role) lacks \(shown)\(more)",
                remedy: "as the owner: " + grants.prefix(5).map(\.statement).joined(separator: "; "))
        }
        findings += powerful.map { program, user in
            .warning(
                name, "\(program) is signed in as \(user), who may do more than it needs",
                remedy: "a login that is a member of the program's role only (docs/database.md)")
        }
        return findings.isEmpty ? [.ok(name, "each role has what it was granted; no program signs in with more")] : findings
    }

    static let missing = Statement(
        "command.doctor.privileges_missing",
        """
        SELECT g.number
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS g (role, kind, privilege, object, number)
        CROSS JOIN LATERAL (SELECT to_regrole(g.role)::oid) AS r (role)
        -- A role that is not there is told by the check roles.
        WHERE r.role IS NOT NULL AND NOT coalesce(CASE g.kind
            WHEN 'schema' THEN has_schema_privilege(r.role, to_regnamespace(g.object)::oid, g.privilege)
            WHEN 'table' THEN has_table_privilege(r.role, to_regclass(g.object)::oid, g.privilege)
            WHEN 'column' THEN has_column_privilege(
                r.role, to_regclass(substring(g.object FROM '^(.*)\\.'))::oid, substring(g.object FROM '[^.]+$'), g.privilege)
            WHEN 'sequence' THEN has_sequence_privilege(r.role, to_regclass(g.object)::oid, g.privilege)
            WHEN 'function' THEN has_function_privilege(r.role, to_regprocedure(g.object)::oid, g.privilege)
        END, false)
        ORDER BY g.number
        """)

    static let powerful = Statement(
        "command.doctor.privileges_powerful",
        """
        SELECT DISTINCT a.application_name, u.rolname::text
        FROM pg_stat_activity a
        JOIN pg_roles u ON u.oid = a.usesysid
        WHERE a.datname = current_database() AND a.application_name = ANY ($1)
          AND (u.rolsuper OR pg_has_role(u.oid, to_regrole('trunkline_owner'), 'MEMBER'))
        ORDER BY 1, 2
        """)
}
