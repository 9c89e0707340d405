import FoundationEssentials
package import Logging
import Model
import PhoneNumbers
package import Postgres
package import Privacy
import Synchronization

/// Knows every tenant's present situation; settings and people are kept and read again only when their version has changed.
package final class TenantBook: Sendable {
    private struct Kept {
        var settings: Settings
        var people: People
        var erasures: TenantErasures
        /// By which the numbers in the others were read.
        var region: String?
    }

    private let database: Database
    private let connections: Mutex<[String: TenantConnection]>
    private let privacy: PrivacyKeySource
    private let logger: Logger
    private let kept = Mutex<[Int32: Kept]>([:])

    /// - Parameter privacy: the keys by which erased numbers are told again.
    package init(
        database: Database, connections: [TenantConnection] = [], privacy: PrivacyKeySource = .none, logger: Logger
    ) {
        self.database = database
        self.privacy = privacy
        self.connections = Mutex(Dictionary(connections.map { ($0.name, $0) }) { $1 })
        self.logger = logger
    }

    /// From now on the tenant of the connection's name is reached through it.
    package func connect(_ connection: TenantConnection) { connections.withLock { $0[connection.name] = connection } }

    /// How the tenant of that name is reached. Nil: this instance has no configuration for it, or it is not in the database.
    package func connection(named name: String) -> TenantConnection? { connections.withLock { $0[name] } }

    /// How many tenants this instance reaches.
    package var connectedTenants: Int { connections.withLock { $0.count } }

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
        // A key that is missing may have been given meanwhile.
        if let known, known.settings.version == row.settingVersion, known.people.version == row.peopleVersion,
            known.erasures.version == row.erasureVersion, known.erasures.problem == nil, known.region == row.region
        {
            current = known
        } else {
            current = Kept(
                settings: try await settings(row), people: try await people(row), erasures: try await erasures(row),
                region: row.region)
            kept.withLock { $0[row.id] = current }
        }
        return TenantSituation(
            id: row.id, name: row.name, isEnabled: row.isEnabled, region: row.region, settings: current.settings,
            people: current.people, peopleAreKnown: row.peopleAreKnown, erasures: current.erasures,
            connection: connection(named: row.name))
    }

    private func erasures(_ row: TenantStore.Row) async throws -> TenantErasures {
        try await database.withConnection { connection in
            try await ErasedNumberStore.read(
                tenant: row.id, named: row.name, version: row.erasureVersion, keys: privacy, on: connection)
        }
    }

    private func settings(_ row: TenantStore.Row) async throws -> Settings {
        let stored = try await database.query(TenantStore.settings, [row.id, row.settingVersion]).map {
            try $0.decode(String.self, String.self)
        }
        var (settings, refused) = Settings.reading(stored.map { (name: $0.0, value: $0.1) }, version: row.settingVersion)
        settings.readNumbers(NumberReader(region: row.region))
        for error in refused {
            logger.warning("A setting is left at its default", metadata: ["tenant": "\(row.name)", "reason": "\(error)"])
        }
        return settings
    }

    private func people(_ row: TenantStore.Row) async throws -> People {
        try await TenantPeople.read(
            tenant: row.id, numbers: NumberReader(region: row.region), version: row.peopleVersion, on: database)
    }
}
