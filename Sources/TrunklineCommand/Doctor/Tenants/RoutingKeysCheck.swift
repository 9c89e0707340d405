import Operations
import Postgres

/// Keys by which routing questions are let in.
struct RoutingKeysCheck: RowCheck {
    static let name = "routing keys"
    static let well = "every tenant with routing rules has a key that is valid for two weeks at least"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, keys, left) = try row.decode(String.self, Int64.self, Double?.self)
        guard keys > 0 else {
            return .failure(
                name, "\(tenant) has routing rules and no valid key: every question is refused",
                remedy: "`trunkline route keys add NAME --tenant \(tenant)`, and give it to the vendor")
        }
        guard let left else { return nil }
        return .warning(
            name, "the last key of \(tenant) ends in \(PlainTime.span(left))",
            remedy: "`trunkline route keys add NAME --tenant \(tenant)`: two may be valid at once")
    }

    static let question = Statement(
        "command.doctor.routing_keys",
        """
        SELECT t.name, count(k.key_id),
               CASE WHEN bool_and(k.expires_at < now() + interval '14 days')
                    THEN extract(epoch FROM max(k.expires_at) - now())::float8 END
        FROM hub.tenant t
        LEFT JOIN hub.api_key k ON k.tenant_id = t.tenant_id AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
        WHERE t.enabled AND EXISTS (SELECT FROM hub.route_rule_set r WHERE r.tenant_id = t.tenant_id)
        GROUP BY t.name
        ORDER BY t.name
        """)
}
