import Foundation
import Postgres

/// Lists the versions of a tenant's rules without their documents, the newest first.
struct RuleListStore: Sendable {
    let database: Database

    static let statements = [versions]

    struct Row: Sendable {
        let version: Int32
        let rules: Int32
        /// The version whose document it has again.
        let backTo: Int32?
        let note: String?
        let appliedAt: Date
        let appliedBy: String
    }

    /// - Parameter before: only older ones; nil: from the newest on.
    func versions(tenant: Int32, before: Int32?, limit: Int) async throws -> [Row] {
        try await database.query(Self.versions, [tenant, before, Int32(limit)]).map { row in
            let (version, rules, backTo, note, at, by) = try row.decode(
                Int32.self, Int32.self, Int32?.self, String?.self, Date.self, String.self)
            return Row(version: version, rules: rules, backTo: backTo, note: note, appliedAt: at, appliedBy: by)
        }
    }

    static let versions = Statement(
        "console.route.versions",
        """
        SELECT version, rules, back_to, note, applied_at, applied_by FROM hub.route_rule_set
        WHERE tenant_id = $1 AND ($2::integer IS NULL OR version < $2)
        ORDER BY version DESC LIMIT $3
        """)
}
