import Foundation
import Logging
import Postgres
import Routing
import Runtime
import ServiceLifecycle
import Synchronization

/// Keeps what the event loops answer from current: looks at the versions every second, and at once when it hears of a change.
///
/// Each tenant is read by itself, and its numbers apart from its rules: neither a large directory that is read anew nor a tenant that can't be read holds
/// up the rules and keys of others. Whatever was missed while the database or the listening connection was away shows in the versions.
final class SnapshotKeeper: Service {
    private let database: Database
    private let numbers: NumberDatabases
    private let reader: TenantReader
    private let listener: Listener?
    private let loops: RouteLoops
    private let readiness: Readiness
    private let logger: Logger
    /// When everything was last known to be current.
    private let freshness: Freshness

    private struct State {
        var tenants: KeptTenants
        var keys: [ApiKeyStore.Valid] = []
        var published = RouterSnapshot.empty
    }
    private let state: Mutex<State>
    private let looks = Bell()
    private let news = Bell()
    /// Rules and people of two tenants at once; of numbers, one tenant's changes, one tenant's for the first time, and one tenant's anew, which takes its time.
    private let gates = (
        basics: Turnstile(2), changes: Turnstile(1), loads: Turnstile(1), reloads: Turnstile(1, patience: .seconds(600))
    )

    /// What the event loops have.
    var snapshot: RouterSnapshot { state.withLock { $0.published } }

    init(
        database: Database, listener: Listener?, usesDatabaseIndex: Bool, loops: RouteLoops, freshness: Freshness,
        readiness: Readiness,
        logger: Logger
    ) {
        (self.database, self.listener, self.loops) = (database, listener, loops)
        (self.freshness, self.readiness, self.logger) = (freshness, readiness, logger)
        numbers = NumberDatabases(of: database, logger: logger)
        reader = TenantReader(database: database, numbers: numbers, logger: logger)
        state = Mutex(State(tenants: KeptTenants(usesDatabaseIndex: usesDatabaseIndex, limit: freshness.limit)))
        readiness.set("routes", .unready, "not read yet")
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { try? await self.numbers.usual.run() }
                group.addTask { try? await self.numbers.spare.run() }
                for channel in ["trunkline_rules", "trunkline_directory"] {
                    guard let listener = self.listener else { continue }
                    group.addTask { for await _ in listener.notifications(on: channel) { self.looks.ring() } }
                }
                group.addTask {
                    while !Task.isCancelled {
                        self.looks.ring()
                        try? await Task.sleep(for: .seconds(1))
                    }
                }
                group.addTask { for await _ in self.news.rings { await self.publish() } }
                for await _ in self.looks.rings {
                    for reading in await self.look() { group.addTask { await self.read(reading) } }
                    // News in a flood are taken together.
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    /// Looks at what there is, and says what has to be read.
    private func look() async -> [KeptTenants.Reading] {
        do {
            let asked = Date()
            let (keys, versions) = try await database.withConnection { connection in
                (try await ApiKeyStore.valid(on: connection), try await RouteStateStore.all(on: connection))
            }
            let (readings, isOther) = state.withLock { state in
                let (readings, isOther) = state.tenants.note(versions, at: asked)
                let hasOtherKeys = state.keys != keys
                state.keys = keys
                return (readings, isOther || hasOtherKeys || !state.published.isKnown)
            }
            if isOther { news.ring() }
            say(at: asked)
            return readings
        } catch {
            readiness.set(
                "routes", freshness.everSet ? .degraded : .unready,
                "answering from what is known; the database can't be read: \(error)")
            return []
        }
    }

    private func read(_ reading: KeptTenants.Reading) async {
        do {
            switch reading.part {
            case .basics:
                let (basics, started) = try await gates.basics.pass { (try await self.reader.basics(reading.routes), $0) }
                state.withLock { $0.tenants.take(basics, started: started) }
            case .numbers:
                let changed = try await gates.changes.pass { (try await self.reader.change(reading.routes, reading.numbers), $0) }
                if let numbers = changed.0 {
                    state.withLock { $0.tenants.take(numbers, started: changed.1) }
                } else {
                    let gate = reading.routes.index == nil ? gates.loads : gates.reloads
                    let (numbers, started) = try await gate.pass { (try await self.reader.load(reading.routes), $0) }
                    state.withLock { $0.tenants.take(numbers, started: started) }
                }
            }
            news.ring()
            // There may be newer ones by now.
            looks.ring()
        } catch {
            if Task.isCancelled { return }
            let isNews = state.withLock { $0.tenants.fail(reading.part, of: reading.routes.id, "\(error)") }
            RouterMetrics.readFailed(reading.routes.name)
            guard isNews else { return }
            logger.error(
                "A tenant can't be read; it is answered by what is known",
                metadata: ["tenant": "\(reading.routes.name)", "part": "\(reading.part)", "error": "\(error)"])
        }
    }

    /// Hands what is known to the event loops. Only one at a time, so that no older one follows a newer one.
    private func publish() async {
        let (snapshot, old) = state.withLock { state in
            let snapshot = RouterSnapshot(tenants: state.tenants.routes, keys: state.keys)
            defer { state.published = snapshot }
            return (snapshot, state.published)
        }
        await loops.replace(snapshot)
        RouterMetrics.index(snapshot.tenants)
        RouterMetrics.keys(state.withLock { $0.keys }, of: snapshot.tenants)
        // The old one is let go here, not on an event loop: giving back its memory takes a while.
        withExtendedLifetime(old) {}
    }

    /// Tells whoever asks whether the program is ready how it stands.
    private func say(at now: Date) {
        let tenants = state.withLock { $0.tenants }
        if let oldest = tenants.oldest(at: now) { freshness.set(oldest) }
        let (unread, failing, without) = (tenants.unread, tenants.failing, tenants.withoutRules)
        func set(_ state: Readiness.State, _ text: String) { readiness.set("routes", state, text) }
        if !unread.isEmpty {
            return set(
                freshness.everSet ? .degraded : .unready, "being read for the first time: \(unread.joined(separator: ", "))")
        }
        if !failing.isEmpty {
            return set(.degraded, "can't be read, and so answered by what is known: \(failing.joined(separator: ", "))")
        }
        if !without.isEmpty {
            return set(.degraded, "no rules in force for \(without.joined(separator: ", ")): its calls stay where they are")
        }
        let numbers = tenants.routes.values.reduce(0) { if case .memory(let index) = $1.numbers { $0 + index.count } else { $0 } }
        set(.ready, "\(tenants.routes.count) tenants, \(numbers) numbers in memory")
    }
}
