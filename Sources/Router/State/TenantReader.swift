import Foundation
import Logging
import Model
import Postgres
import Routing
import Synchronization

/// All of a tenant but its numbers: small, and quickly read.
struct TenantBasics: Sendable {
    /// As they were in the transaction that read it.
    var versions: RouteStateStore.Versions
    var program: RuleProgram?
    var ruleVersion: Int32?
    var own: Set<E164>
    var people: [UUID: E164]
    var rulings: [E164: CallerChoice.Ruling]
    var policy: MatchPolicy
}

/// A tenant's numbers, for the memory.
struct TenantNumbers: Sendable {
    /// As they were in the transaction that read them.
    var versions: RouteStateStore.Versions
    var people: [UUID: E164]
    var rulings: [E164: CallerChoice.Ruling]
    var index: NumberIndex
}

/// Reads what a router needs of one tenant, each time as of one moment.
struct TenantReader: Sendable {
    let database: Database
    let numbers: NumberDatabases
    let logger: Logger
    private let patience: @Sendable (_ numbers: Int) -> Duration
    private let refused = Refused()

    /// - Parameter patience: how long reading so many numbers anew may do with the time that processors have left. On a machine that is half busy it is
    ///   done three times over.
    init(
        database: Database, numbers: NumberDatabases, logger: Logger,
        patience: @escaping @Sendable (_ numbers: Int) -> Duration = { .seconds(30) + .microseconds(10) * $0 }
    ) {
        (self.database, self.numbers, self.logger, self.patience) = (database, numbers, logger, patience)
    }

    /// Versions of rules that this program can't compile, by tenant: said once.
    private final class Refused: Sendable {
        let versions = Mutex<[Int32: Int32]>([:])
    }

    // MARK: Basics

    func basics(_ old: TenantRoutes) async throws -> TenantBasics {
        let tenant = old.id
        var (basics, rules) = try await reading(tenant, by: database) { connection, now in
            let basics = TenantBasics(
                versions: now, program: old.program, ruleVersion: old.ruleVersion,
                own: try await RouteStateStore.ownNumbers(tenant: tenant, on: connection),
                people: try await RouteStateStore.people(tenant: tenant, on: connection),
                rulings: try await RouteStateStore.rulings(tenant: tenant, on: connection),
                policy: try await RouteStateStore.policy(tenant: tenant, on: connection))
            guard !old.isRead || old.versions.rules != now.rules else { return (basics, RuleSetStore.Version?.none) }
            return (basics, try await RuleSetStore.newest(tenant: tenant, on: connection))
        }
        // Here, and not above, where it would hold up every statement.
        if let rules, rules.version != old.ruleVersion { compile(rules, into: &basics) }
        return basics
    }

    /// Rules that this program can't compile leave those before them in force.
    private func compile(_ rules: RuleSetStore.Version, into basics: inout TenantBasics) {
        let (tenant, name) = (basics.versions.tenant, basics.versions.name)
        do {
            basics.program = try RuleProgram.compile(rules.document, file: "version \(rules.version)", isProven: true)
            basics.ruleVersion = rules.version
            logger.info("Rules are in force", metadata: ["tenant": "\(name)", "version": "\(rules.version)"])
        } catch {
            let isNew = refused.versions.withLock { $0.updateValue(rules.version, forKey: tenant) != rules.version }
            guard isNew else { return }
            logger.error("Rules can't be used", metadata: ["tenant": "\(name)", "problems": "\(error)"])
        }
    }

    // MARK: Numbers

    /// All numbers, anew; those that there are serve meanwhile, and whoever asks for them goes first.
    func load(_ old: TenantRoutes) async throws -> TenantNumbers {
        guard let index = old.index else { return try await load(old, by: numbers.usual) }
        do {
            if let read = try await within(patience(index.count), { try await load(old, by: numbers.spare) }) { return read }
        } catch let error as PostgresError where error.code == .timeout {
            // So busy that not even a connection was opened in time.
        }
        logger.notice(
            "The processors are too busy to read numbers in what time they have left; they are read at low priority",
            metadata: ["tenant": "\(old.name)"])
        return try await load(old, by: numbers.usual)
    }

    /// Nil: it was not done within the time.
    private func within<Result: Sendable>(
        _ time: Duration, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            let first = try await group.next() ?? nil
            // Else what is read would wait until the time is over.
            group.cancelAll()
            if let first { return first }
            // It may have come to its end at the last moment.
            while let late = await group.nextResult() { if case .success(let result?) = late { return result } }
            return nil
        }
    }

    private func load(_ old: TenantRoutes, by database: Database) async throws -> TenantNumbers {
        let started = ContinuousClock.now
        return try await reading(old.id, by: database) { connection, now in
            let known = try await known(old.id, now, on: connection)
            let index = try await NumberLoader(
                on: connection, tenant: old.id, rulings: known.rulings, people: known.people, policy: known.policy
            ).load(insteadOf: old.index)
            logger.info(
                "Numbers were read",
                metadata: [
                    "tenant": "\(now.name)", "numbers": "\(index.count)", "took": "\(started.duration(to: .now))",
                ])
            return TenantNumbers(versions: now, people: known.people, rulings: known.rulings, index: index)
        }
    }

    /// The old numbers with what changed; nil when they have to be read anew.
    func change(_ old: TenantRoutes, _ before: TenantNumbers?) async throws -> TenantNumbers? {
        guard let before else { return nil }
        return try await reading(old.id, by: numbers.usual) { connection, now in
            guard before.versions.directory >= now.directoryReload else { return nil }
            let known = try await known(old.id, now, on: connection)
            guard known.policy.rules == before.index.policy.rules else { return nil }
            guard let changes = try await changes(before, known, on: connection) else { return nil }
            let index = try before.index.changed(by: changes, people: known.people, suffixDigits: known.policy.suffixDigits)
            return TenantNumbers(versions: now, people: known.people, rulings: known.rulings, index: index)
        }
    }

    private struct Known {
        var versions: RouteStateStore.Versions
        var people: [UUID: E164]
        var rulings: [E164: CallerChoice.Ruling]
        var policy: MatchPolicy
    }

    private func known(_ tenant: Int32, _ versions: RouteStateStore.Versions, on connection: Connection) async throws -> Known {
        Known(
            versions: versions, people: try await RouteStateStore.people(tenant: tenant, on: connection),
            rulings: try await RouteStateStore.rulings(tenant: tenant, on: connection),
            policy: try await RouteStateStore.policy(tenant: tenant, on: connection))
    }

    /// What is stored now about the numbers that may mean somebody else; nil when they are too many.
    private func changes(_ before: TenantNumbers, _ known: Known, on connection: Connection) async throws -> NumberChanges? {
        let tenant = known.versions.tenant
        var changed: Set<String> = []
        if before.versions.directory != known.versions.directory || before.versions.numbers != known.versions.numbers {
            let found = try await RouteStateStore.changed(
                tenant: tenant, directoryAfter: before.versions.directory, numbersAfter: before.versions.numbers, on: connection)
            guard let found else { return nil }
            changed = found
        }
        for number in Set(known.rulings.keys).union(before.rulings.keys) where known.rulings[number] != before.rulings[number] {
            changed.insert(number.text)
        }
        let numbers = changed.compactMap { E164($0) }
        var suffixes = Set(changed.compactMap { $0.hasPrefix("+") ? nil : NumberSuffix(local: $0) })
        var changes = NumberChanges()
        let cards = try await NumberLookup.cards(numbers, tenant: tenant, rulings: known.rulings, policy: known.policy) {
            try await connection.pipeline($0)
        }
        for number in numbers {
            var card = cards[number] ?? CallerCard()
            if card.match == .local {
                // What stands in local form has a place of its own, and may mean somebody else by now, too.
                suffixes.formUnion(NumberSuffix.candidates(of: number, floor: known.policy.suffixDigits))
                card = CallerCard(row: card.row, policy: known.policy)
            }
            changes.exact[number] = card
        }
        let local = try await NumberLookup.cards(Array(suffixes), tenant: tenant, policy: known.policy) {
            try await connection.pipeline($0)
        }
        for suffix in suffixes { changes.local[suffix] = local[suffix] ?? CallerCard() }
        return changes
    }

    /// As of one moment, with the versions of that moment: newer ones than were heard of may be there already.
    private func reading<Result: Sendable>(
        _ tenant: Int32, by database: Database, _ body: (Connection, RouteStateStore.Versions) async throws -> Result
    ) async throws -> Result {
        try await database.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
            guard let now = try await RouteStateStore.one(tenant, on: connection) else {
                throw PostgresError(.decoding, "the tenant is gone")
            }
            return try await body(connection, now)
        }
    }
}
