import Foundation
import Logging
import Postgres
import Routing
import Runtime
import ServiceLifecycle
import Synchronization

/// Keeps what the event loops answer from current: looks at the versions every second, and at once when it hears of a change.
///
/// Whatever was missed while the database or the listening connection was away shows in the versions.
final class SnapshotKeeper: Service {
    private let database: Database
    private let listener: Listener?
    private let usesDatabaseIndex: Bool
    private let loops: RouteLoops
    private let readiness: Readiness
    private let logger: Logger
    /// Milliseconds since 1970 at which everything was last known to be current.
    private let freshness: Freshness

    private struct State {
        var snapshot = RouterSnapshot.empty
        /// Of rules that this program can't compile: said once.
        var refused: [Int32: Int32] = [:]
    }
    private let state = Mutex(State())

    /// What the event loops have.
    var snapshot: RouterSnapshot { state.withLock { $0.snapshot } }

    init(
        database: Database, listener: Listener?, usesDatabaseIndex: Bool, loops: RouteLoops, freshness: Freshness,
        readiness: Readiness,
        logger: Logger
    ) {
        (self.database, self.listener, self.usesDatabaseIndex) = (database, listener, usesDatabaseIndex)
        (self.loops, self.freshness, self.readiness, self.logger) = (loops, freshness, readiness, logger)
        readiness.set("routes", .unready, "not read yet")
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                for channel in ["trunkline_rules", "trunkline_directory"] {
                    guard let listener = self.listener else { continue }
                    group.addTask { for await _ in listener.notifications(on: channel) { ringer.yield() } }
                }
                group.addTask {
                    while !Task.isCancelled {
                        ringer.yield()
                        try? await Task.sleep(for: .seconds(1))
                    }
                }
                group.addTask {
                    for await _ in bell {
                        await self.look()
                        // News in a flood are taken together.
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
        }
    }

    /// Reads what changed and hands it to the event loops.
    private func look() async {
        do {
            let asked = Date()
            let (keys, versions) = try await database.withConnection { connection in
                (try await ApiKeyStore.valid(on: connection), try await RouteStateStore.all(on: connection))
            }
            let old = state.withLock { $0.snapshot }
            var tenants: [Int32: TenantRoutes] = [:]
            var isNew = old.tenants.count != versions.count || keys.count != old.keyCount
            for version in versions {
                if let known = old.tenants[version.tenant], known.versions == version {
                    tenants[version.tenant] = known
                } else {
                    tenants[version.tenant] = try await read(version, old.tenants[version.tenant])
                    isNew = true
                }
            }
            if isNew {
                let snapshot = RouterSnapshot(tenants: tenants, keys: keys)
                await loops.replace(snapshot)
                state.withLock { $0.snapshot = snapshot }
                // The old one is let go here, not on an event loop: giving back its memory takes a while.
                withExtendedLifetime(old) {}
            }
            freshness.set(asked)
            say(tenants)
        } catch {
            readiness.set(
                "routes", freshness.everSet ? .degraded : .unready,
                "answering from what is known; the database can't be read: \(error)")
        }
    }

    private func say(_ tenants: [Int32: TenantRoutes]) {
        let without = tenants.values.filter { $0.program == nil }.map(\.name).sorted()
        let count = tenants.values.reduce(0) { if case .memory(let index) = $1.numbers { $0 + index.count } else { $0 } }
        RouterMetrics.index(tenants)
        if without.isEmpty {
            readiness.set("routes", .ready, "\(tenants.count) tenants, \(count) numbers in memory")
        } else {
            readiness.set(
                "routes", .degraded, "no rules in force for \(without.joined(separator: ", ")): its calls stay where they are")
        }
    }

    private func read(_ versions: RouteStateStore.Versions, _ old: TenantRoutes?) async throws -> TenantRoutes {
        let started = ContinuousClock.now
        let read = try await database.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
            let tenant = versions.tenant
            // As they are in this transaction: newer ones may be there already.
            guard let now = try await RouteStateStore.all(on: connection).first(where: { $0.tenant == tenant }) else {
                throw PostgresError(.decoding, "the tenant is gone")
            }
            let people = try await RouteStateStore.people(tenant: tenant, on: connection)
            let rulings = try await RouteStateStore.rulings(tenant: tenant, on: connection)
            var routes = TenantRoutes(
                versions: now, program: old?.program, ruleVersion: old?.ruleVersion, numbers: .database,
                own: try await RouteStateStore.ownNumbers(tenant: tenant, on: connection), people: people, rulings: rulings)
            if old == nil || old?.versions.rules != now.rules {
                try await self.readRules(into: &routes, on: connection)
            }
            if !self.usesDatabaseIndex {
                routes.numbers = .memory(try await self.index(old, now, people: people, rulings: rulings, on: connection))
            }
            return routes
        }
        logger.info(
            "Routes were read",
            metadata: [
                "tenant": "\(read.name)", "rules": "\(read.ruleVersion.map(String.init) ?? "none")",
                "took": "\(started.duration(to: .now))",
            ])
        return read
    }

    /// Rules that this program can't compile leave those before them in force.
    private func readRules(into routes: inout TenantRoutes, on connection: Connection) async throws {
        guard let newest = try await RuleSetStore.newest(tenant: routes.id, on: connection) else { return }
        guard newest.version != routes.ruleVersion else { return }
        do {
            routes.program = try RuleProgram.compile(newest.document, file: "version \(newest.version)")
            routes.ruleVersion = newest.version
        } catch {
            let (tenant, version) = (routes.id, newest.version)
            let isNew = state.withLock { $0.refused.updateValue(version, forKey: tenant) != version }
            if isNew { logger.error("Rules can't be used", metadata: ["tenant": "\(routes.name)", "problems": "\(error)"]) }
        }
    }

    /// The old index with what changed, or a new one.
    private func index(
        _ old: TenantRoutes?, _ now: RouteStateStore.Versions, people: [UUID: E164], rulings: [E164: CallerChoice.Ruling],
        on connection: Connection
    ) async throws -> NumberIndex {
        let tenant = now.tenant
        guard let old, case .memory(let index) = old.numbers, old.versions.directory >= now.directoryReload else {
            return try await NumberLoader(on: connection, tenant: tenant, rulings: rulings, people: people).load()
        }
        if old.versions.directory == now.directory, old.versions.numbers == now.numbers, old.people == people { return index }
        let changed = try await RouteStateStore.changed(
            tenant: tenant, directoryAfter: old.versions.directory, numbersAfter: old.versions.numbers, on: connection)
        guard var changed else {
            return try await NumberLoader(on: connection, tenant: tenant, rulings: rulings, people: people).load()
        }
        for number in Set(rulings.keys).union(old.rulings.keys) where rulings[number] != old.rulings[number] {
            changed.insert(number.text)
        }
        var changes = NumberChanges()
        let numbers = changed.compactMap { E164($0) }
        let suffixes = changed.filter { !$0.hasPrefix("+") }.compactMap { NumberSuffix(local: $0) }
        // Numbers that administrators ruled on may hang on a local form that changed.
        let ruled = suffixes.isEmpty ? [] : Array(rulings.keys)
        let cards = try await NumberLookup.cards(numbers + ruled, tenant: tenant, rulings: rulings) {
            try await connection.pipeline($0)
        }
        for number in numbers + ruled {
            let card = cards[number]
            changes.exact[number] = card?.match == .local ? CallerCard(row: card?.row) : card ?? CallerCard()
        }
        let local = try await NumberLookup.cards(suffixes, tenant: tenant) { try await connection.pipeline($0) }
        for suffix in suffixes { changes.local[suffix] = local[suffix] ?? CallerCard() }
        return try index.changed(by: changes, people: people)
    }
}
