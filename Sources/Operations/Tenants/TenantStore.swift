import Foundation
package import Postgres

/// The tenants as the command reads and changes them; each change is noted in `hub.operator_action`.
package struct TenantStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [all, named, add, enable, setRegion]

    package func all() async throws -> [Tenant] {
        try await database.query(Self.all).map(Tenant.init(row:))
    }

    /// The tenant of that number; nil when there is none.
    package func numbered(_ id: Int32) async throws -> Tenant? { try await all().first { $0.id == id } }

    /// The tenants' names by number.
    package func names() async throws -> [Int32: String] {
        Dictionary(uniqueKeysWithValues: try await all().map { ($0.id, $0.name) })
    }

    /// The tenant of that name.
    ///
    /// - Throws: `OperatorError` when there is none; it names those that are.
    package func named(_ name: String) async throws -> Tenant {
        if let row = try await database.query(Self.named, [name]).first { return try Tenant(row: row) }
        throw try await Self.unknown(name, known: all())
    }

    /// The named tenant; when no name is given the only one, or the only one that is enabled.
    package func named(_ name: String?) async throws -> Tenant {
        if let name { return try await named(name as String) }
        let tenants = try await all()
        let enabled = tenants.filter(\.enabled)
        guard let tenant = enabled.count == 1 ? enabled.first : tenants.count == 1 ? tenants.first : nil else {
            throw tenants.isEmpty
                ? OperatorError.failed("there is no tenant yet: add one with `trunkline tenants add NAME`")
                : OperatorError.usage(
                    "there are several tenants: choose one with --tenant (\(tenants.map(\.name).joined(separator: ", ")))")
        }
        return tenant
    }

    /// Adds a tenant; nil when the name is taken.
    package func add(name: String, region: String?, who: String) async throws -> Tenant? {
        try await database.withTransaction { connection in
            guard let row = try await connection.query(Self.add, [name, region]).first else { return nil }
            let tenant = try Tenant(row: row)
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "tenant.add", target: name), on: connection)
            return tenant
        }
    }

    package func set(enabled: Bool, tenant name: String, who: String) async throws {
        let tenants = try await all()
        try await database.withTransaction { connection in
            guard let row = try await connection.query(Self.enable, [name, enabled]).first else {
                throw Self.unknown(name, known: tenants)
            }
            try await OperatorActionStore.record(
                .init(tenant: Tenant(row: row).id, who: who, action: enabled ? "tenant.enable" : "tenant.disable", target: name),
                on: connection)
        }
    }

    package func set(region: String, tenant name: String, who: String) async throws {
        let tenants = try await all()
        try await database.withTransaction { connection in
            guard let row = try await connection.query(Self.setRegion, [name, region]).first else {
                throw Self.unknown(name, known: tenants)
            }
            try await OperatorActionStore.record(
                .init(
                    tenant: Tenant(row: row).id, who: who, action: "tenant.region", target: name,
                    detail: .object(["region": .text(region)])), on: connection)
        }
    }

    private static func unknown(_ name: String, known: [Tenant]) -> OperatorError {
        .failed(
            known.isEmpty
                ? "there is no tenant yet: add one with `trunkline tenants add \(name)`"
                : "there is no tenant \(name); there are: \(known.map(\.name).joined(separator: ", "))")
    }

    private static let columns = "tenant_id, name, enabled, region, setting_version, people_at, created_at, dynamics_url"

    package static let all = Statement(
        "command.tenant.all",
        "SELECT \(columns) FROM hub.tenant ORDER BY name")

    package static let named = Statement(
        "command.tenant.named",
        "SELECT \(columns) FROM hub.tenant WHERE name = $1")

    package static let add = Statement(
        "command.tenant.add",
        """
        INSERT INTO hub.tenant (name, region) VALUES ($1, $2)
        ON CONFLICT (name) DO NOTHING
        RETURNING \(columns)
        """)

    package static let enable = Statement(
        "command.tenant.enable",
        """
        UPDATE hub.tenant SET enabled = $2, changed_at = now()
        WHERE name = $1
        RETURNING \(columns)
        """)

    package static let setRegion = Statement(
        "command.tenant.region",
        """
        UPDATE hub.tenant SET region = $2, changed_at = now()
        WHERE name = $1
        RETURNING \(columns)
        """)
}

extension Tenant {
    fileprivate init(row: Row) throws {
        (id, name, enabled, region, settingVersion, peopleReadAt, createdAt, dynamicsURL) = try row.decode(
            Int32.self, String.self, Bool.self, String?.self, Int32.self, Date?.self, Date.self, String?.self)
    }
}
