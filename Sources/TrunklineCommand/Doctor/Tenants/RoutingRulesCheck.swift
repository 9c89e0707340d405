import Postgres
import Routing

/// The routing rules in force, compiled as a router of this version does.
struct RoutingRulesCheck: DoctorCheck {
    static let name = "routing rules"

    func findings(_ patient: Patient) async throws -> [Finding] {
        var findings: [Finding] = []
        var sets = 0
        for row in try await patient.database.query(Self.inForce) {
            let (tenant, version, document) = try row.decode(String.self, Int32.self, String.self)
            sets += 1
            do {
                _ = try RuleProgram.compile(document, file: "version \(version)")
            } catch {
                findings.append(
                    .failure(
                        Self.name, "the rules of \(tenant), version \(version), can't be used: \(error)",
                        remedy:
                            "`trunkline rules show --tenant \(tenant)`, correct them and apply them; calls stay on their way meanwhile"
                    ))
            }
        }
        return findings.isEmpty
            ? [.ok(Self.name, sets == 0 ? "no tenant has any" : "those of \(sets) tenants compile")] : findings
    }

    static let inForce = Statement(
        "command.doctor.routing_rules",
        """
        SELECT DISTINCT ON (t.name) t.name, r.version, r.document
        FROM hub.route_rule_set r
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled
        ORDER BY t.name, r.version DESC
        """)
}
