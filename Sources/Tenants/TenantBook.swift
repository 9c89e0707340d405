import FoundationEssentials
package import Logging
import Model
package import Postgres
import Synchronization

/// Knows every tenant's present situation; settings and people are kept and read again only when their version has changed.
package final class TenantBook: Sendable {
    private struct Kept {
        var settings: Settings
        var people: People
    }

    private let database: Database
    private let connections: Mutex<[String: TenantConnection]>
    private let logger: Logger
    private let kept = Mutex<[Int32: Kept]>([:])

    package init(database: Database, connections: [TenantConnection] = [], logger: Logger) {
        self.database = database
        self.connections = Mutex(Dictionary(connections.map { ($0.name, $0) }) { $1 })
        self.logger = logger
    }

    /// From now on the tenant of the connection's name is reached through it.
    package func connect(_ connection: TenantConnection) { connections.withLock { $0[connection.name] = connection } }

    /// How the tenant of that name is reached. Nil: this instance has no configuration for it, or it is not in the database.
    package func connection(named name: String) -> TenantConnection? { connections.withLock { $0[name] } }

    /// How things stand now. Costs one short query, two or three when something was changed. Nil: there is no such tenant.
    package func situation(_ tenant: Int32) async throws -> TenantSituation? {
        guard let row = try await database.query(TenantStore.find, [tenant]).first else { return nil }
        return try await situation(TenantStore.Row(row))
    }

    /// All tenants of the database.
    package func all() async throws -> [TenantSituation] {
        var all: [TenantSituation] = []
        for row in try await database.query(TenantStore.all) { all.append(try await situation(TenantStore.Row(row))) }
        return all
    }

    /// The number of the tenant of that name.
    package func id(named name: String) async throws -> Int32? {
        try await database.query(TenantStore.named, [name]).first?[0].decode(Int32.self)
    }

    private func situation(_ row: TenantStore.Row) async throws -> TenantSituation {
        let known = kept.withLock { $0[row.id] }
        var current: Kept
        if let known, known.settings.version == row.settingVersion, known.people.version == row.peopleVersion {
            current = known
        } else {
            current = Kept(settings: try await settings(row), people: try await people(row))
            kept.withLock { $0[row.id] = current }
        }
        return TenantSituation(
            id: row.id, name: row.name, isEnabled: row.isEnabled, region: row.region, settings: current.settings,
            people: current.people, peopleAreKnown: row.peopleAreKnown, connection: connection(named: row.name))
    }

    private func settings(_ row: TenantStore.Row) async throws -> Settings {
        let stored = try await database.query(TenantStore.settings, [row.id, row.settingVersion]).map {
            try $0.decode(String.self, String.self)
        }
        let (settings, refused) = Settings.reading(stored.map { (name: $0.0, value: $0.1) }, version: row.settingVersion)
        for error in refused { logger.warning("A setting is left at its default", metadata: ["reason": "\(error)"]) }
        return settings
    }

    private func people(_ row: TenantStore.Row) async throws -> People {
        let people = try await database.query(TenantStore.people, [row.id]).map { row in
            let (id, enreach, name, email, mobile, disabled) = try row.decode(
                UUID.self, UUID?.self, String.self, String?.self, String?.self, Bool.self)
            return Person(
                systemUserID: id, enreachUserID: enreach, name: name, email: email, mobile: PhoneNumber(mobile),
                isDisabled: disabled)
        }
        var numbers: [String] = []
        var queues: [UUID: String] = [:]
        for row in try await database.query(TenantStore.ownNumbers, [row.id]) {
            let (number, kind, id, label) = try row.decode(String.self, String.self, UUID?.self, String?.self)
            numbers.append(number)
            if kind == "queue", let id, let label { queues[id] = label }
        }
        return People(people, ownNumbers: numbers, queueNames: queues, version: row.peopleVersion)
    }
}
