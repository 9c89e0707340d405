import Operations
import Postgres

/// Environments of Dynamics that refuse requests for now.
struct BudgetCheck: RowCheck {
    static let name = "dynamics budget"
    static let well = "no environment of Dynamics holds requests back"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, left) = try row.decode(String.self, Double.self)
        return .warning(
            name, "Dynamics holds all requests of \(tenant) back for another \(PlainTime.span(left))",
            remedy: "nothing, if it is short; else see who else uses the application user, and pause backfills")
    }

    static let question = Statement(
        "command.doctor.dynamics_budget",
        """
        SELECT t.name, extract(epoch FROM b.blocked_until - now())::float8
        FROM hub.dataverse_budget b
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND b.blocked_until > now() + interval '30 seconds'
        ORDER BY t.name
        """)
}
