package import Foundation
package import Postgres

/// Reads what people did by hand.
package struct AuditStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [list, kinds]

    package struct Entry: Sendable {
        package let id: Int64
        package let at: Date
        /// Nil: the whole hub.
        package let tenant: String?
        package let who: String
        package let action: String
        package let target: String?
        /// Particulars as stored.
        package let detail: String?
    }

    /// Which entries; nil is any.
    package struct Filter: Sendable {
        package var who: String?
        package var action: String?
        package var tenant: String?
        /// Nothing at or after this time.
        package var until: Date?
        /// Entries before this one.
        package var before: Int64?
        package var limit: Int

        package init(who: String?, action: String?, tenant: String?, until: Date?, before: Int64?, limit: Int) {
            (self.who, self.action, self.tenant, self.until, self.before, self.limit) = (
                who, action, tenant, until, before, limit
            )
        }
    }

    /// The newest first.
    package func list(_ filter: Filter) async throws -> [Entry] {
        let parameters: [any PostgresEncodable] = [
            filter.who, filter.action, filter.tenant, filter.until, filter.before, Int32(filter.limit),
        ]
        return try await database.query(Self.list, parameters).map { row in
            let (id, at, tenant, who, action, target, detail) = try row.decode(
                Int64.self, Date.self, String?.self, String.self, String.self, String?.self, String?.self)
            return Entry(id: id, at: at, tenant: tenant, who: who, action: action, target: target, detail: detail)
        }
    }

    /// Kinds of actions there were, by name.
    package func kinds() async throws -> [String] { try await database.query(Self.kinds).map { try $0.decode(String.self) } }

    /// One statement for each set of conditions would be planned better; `OR` with a null parameter is folded away in custom plans.
    package static let list = Statement(
        "",
        """
        SELECT a.action_id, a.at, t.name, a.who, a.action, a.target, a.detail::text
        FROM hub.operator_action a LEFT JOIN hub.tenant t USING (tenant_id)
        WHERE ($1::text IS NULL OR a.who = $1) AND ($2::text IS NULL OR a.action = $2)
          AND ($3::text IS NULL OR a.tenant_id = (SELECT tenant_id FROM hub.tenant WHERE name = $3))
          AND ($4::timestamptz IS NULL OR a.at < $4) AND ($5::bigint IS NULL OR a.action_id < $5)
        ORDER BY a.action_id DESC LIMIT $6
        """)

    /// From name to name in the index: it costs a step a kind, however many actions there are.
    package static let kinds = Statement(
        "command.audit.kinds",
        """
        WITH RECURSIVE kind (name) AS (
            SELECT min(action) FROM hub.operator_action
            UNION ALL
            SELECT (SELECT min(a.action) FROM hub.operator_action a WHERE a.action > kind.name) FROM kind WHERE kind.name IS NOT NULL
        )
        SELECT name FROM kind WHERE name IS NOT NULL
        """)
}
