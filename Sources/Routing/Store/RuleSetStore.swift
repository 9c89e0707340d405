package import Foundation
package import Postgres

/// The rule documents of tenants and their history.
package struct RuleSetStore: Sendable {
    package static let statements = [newest, one, history, apply]

    package struct Version: Sendable, Hashable {
        package var version: Int32
        package var document: String
        package var rules: Int32
        package var backTo: Int32?
        package var note: String?
        package var appliedAt: Date
        package var appliedBy: String
    }

    /// The rules in force; nil when none were ever applied.
    package static func newest(tenant: Int32, on connection: Connection) async throws -> Version? {
        try await connection.query(newest, [tenant]).first.map(version)
    }

    package static func one(_ version: Int32, tenant: Int32, on connection: Connection) async throws -> Version? {
        try await connection.query(one, [tenant, version]).first.map(Self.version)
    }

    /// Newest first.
    package static func history(tenant: Int32, limit: Int32, on connection: Connection) async throws -> [Version] {
        try await connection.query(history, [tenant, limit]).map(version)
    }

    /// Puts a compiled document into force and answers its version; in the caller's transaction.
    ///
    /// - Parameter after: the version that must be in force now; nil for whichever is.
    package static func apply(
        _ document: String, rules: Int, tenant: Int32, after: Int32?, who: String, note: String?, backTo: Int32? = nil,
        on connection: Connection
    ) async throws -> Int32 {
        try await connection.query(apply, [tenant, document, Int32(rules), after, who, note, backTo])[0].decode(Int32.self)
    }

    private static func version(_ row: Row) throws -> Version {
        let (version, document, rules, backTo, note, at, by) = try row.decode(
            Int32.self, String.self, Int32.self, Int32?.self, String?.self, Date.self, String.self)
        return Version(
            version: version, document: document, rules: rules, backTo: backTo, note: note, appliedAt: at, appliedBy: by)
    }

    static let newest = Statement(
        "route.rules.newest",
        """
        SELECT version, document, rules, back_to, note, applied_at, applied_by
        FROM hub.route_rule_set WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1
        """)

    static let one = Statement(
        "route.rules.one",
        """
        SELECT version, document, rules, back_to, note, applied_at, applied_by
        FROM hub.route_rule_set WHERE tenant_id = $1 AND version = $2
        """)

    static let history = Statement(
        "route.rules.history",
        """
        SELECT version, document, rules, back_to, note, applied_at, applied_by
        FROM hub.route_rule_set WHERE tenant_id = $1 ORDER BY version DESC LIMIT $2
        """)

    static let apply = Statement("route.rules.apply", "SELECT hub.apply_route_rules($1, $2, $3, $4, $5, $6, $7)")
}
