package import Foundation
package import Postgres

/// The settings of a tenant and their history.
package struct SettingStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [current, history, change]

    /// A setting that was given a value, as it stands.
    package struct Stored: Sendable, Hashable {
        package var name: String
        package var value: String
        package var version: Int32
    }

    /// One change of a setting.
    package struct Change: Sendable, Hashable {
        package var version: Int32
        package var name: String
        /// Nil: back to the default.
        package var value: String?
        package var changedAt: Date
        package var changedBy: String
        package var note: String?
    }

    /// What differs from the defaults, now or as it was at a version.
    package func stored(tenant: Int32, version: Int32? = nil) async throws -> [Stored] {
        try await database.query(Self.current, [tenant, version]).map { row in
            let (name, value, version) = try row.decode(String.self, String.self, Int32.self)
            return Stored(name: name, value: value, version: version)
        }
    }

    /// Every change, newest first; of one setting when a name is given.
    package func history(tenant: Int32, name: String?, limit: Int) async throws -> [Change] {
        try await database.query(Self.history, [tenant, name, Int32(limit)]).map { row in
            let (version, name, value, changedAt, changedBy, note) = try row.decode(
                Int32.self, String.self, String?.self, Date.self, String.self, String?.self)
            return Change(
                version: version, name: name, value: value, changedAt: changedAt, changedBy: changedBy, note: note)
        }
    }

    /// Writes a new version and who made it; nil as the value goes back to the default.
    package func change(tenant: Tenant, name: String, from old: String, to new: String?, who: String, note: String?) async throws
        -> Int32
    {
        try await database.withTransaction { connection in
            let version = try await connection.query(Self.change, [tenant.id, name, new, who, note])[0].decode(Int32.self)
            let detail = OutputValue.object([
                "from": .text(old), "to": .text(new), "version": .integer(version), "note": .text(note),
            ])
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "setting.change", target: name, detail: detail), on: connection)
            return version
        }
    }

    package static let current = Statement(
        "command.setting.current",
        "SELECT name, value, version FROM hub.settings_at($1, $2)")

    package static let history = Statement(
        "command.setting.history",
        """
        SELECT version, name, value, changed_at, changed_by, note
        FROM hub.setting
        WHERE tenant_id = $1 AND name = coalesce($2, name)
        ORDER BY version DESC
        LIMIT $3
        """)

    package static let change = Statement(
        "command.setting.change",
        "SELECT hub.change_setting($1, $2, $3, $4, $5)")
}
