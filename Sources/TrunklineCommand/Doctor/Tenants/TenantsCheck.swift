import Operations
import Postgres

/// Tenants that are switched off, or whose people were not read.
struct TenantsCheck: RowCheck {
    static let name = "tenants"
    static let well = "every tenant is switched on and its people are known"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, enabled, age) = try row.decode(String.self, Bool.self, Double?.self)
        guard enabled else {
            return .warning(name, "\(tenant) is switched off: its jobs wait", remedy: "`trunkline tenants enable \(tenant)`")
        }
        guard let age else {
            return .failure(
                name, "the people of \(tenant) were never read: no call is written before",
                remedy: "start user-sync or call-sync and look at /health/ready for what the vendors say")
        }
        return .warning(
            name, "the people of \(tenant) were last read \(PlainTime.span(age)) ago",
            remedy: "look at /health/ready of user-sync and call-sync for what the vendors say")
    }

    static let question = Statement(
        "command.doctor.tenants",
        """
        SELECT name, enabled, extract(epoch FROM now() - people_at)::float8
        FROM hub.tenant
        WHERE NOT enabled OR people_at IS NULL OR people_at < now() - interval '1 day'
        ORDER BY name
        """)
}
