import Foundation
public import Postgres

/// A large hub, by set-based statements: everything follows from the numbers 1, 2, 3, …, so two runs of one size differ in their times only.
///
/// Calls, routing decisions and what was spent are counted by the schema's own triggers as they are inserted, and hours by its own function,
/// so the figures that reports read agree with the rows.
public struct GeneratedHub: Sendable {
    let sizes: Sizes
    let database: Database
    let said: @Sendable (String) -> Void

    /// - Parameters:
    ///   - database: the superuser's, on a migrated database that holds nothing; three connections are used.
    ///   - said: is told of each step that is done, and how long it took.
    public init(_ sizes: Sizes, on database: Database, said: @escaping @Sendable (String) -> Void = { _ in }) {
        self.sizes = sizes
        self.database = database
        self.said = said
    }

    /// Generates everything and leaves it as housekeeping and autovacuum would.
    public func generate() async throws {
        let start = ContinuousClock.now
        try await script("tenants, kinds of jobs", GeneratedBasics.script(end: Date()))
        try await script("people, numbers, settings", GeneratedPeople.script(sizes))
        try await generateCalls()
        try await generateJobs()
        try await days("callbacks", sizes.callDays) { GeneratedCallbacks.day($0, sizes) }
        try await script("callbacks' balance and stories", GeneratedCallbacks.balance + GeneratedCallbacks.stories(sizes))
        try await script("partitions of decisions", GeneratedRouting.partitions(sizes))
        try await days("routing decisions", sizes.decisionDays) { GeneratedRouting.day($0, sizes) }
        try await script("webhooks", GeneratedCalls.webhooks)
        try await script("rules, budget, instances", GeneratedRouting.rules + GeneratedBudget.script(sizes))
        try await finish()
        let minutes = start.duration(to: .now) / .seconds(60)
        said("generated in \(String(format: "%.1f", minutes)) minutes, \(try await size()) in all")
    }

    private func generateCalls() async throws {
        let indexes = BulkTable("hub.call", on: database)
        let definitions = try await indexes.dropIndexes()
        try await days("calls", sizes.callDays) { GeneratedCalls.day($0, sizes) }
        try await step("indexes of calls") { try await indexes.make(definitions) }
        try await step("calls vacuumed") { try await vacuum("hub.call") }
        try await script("calls' balance and hours", GeneratedCalls.balance)
        try await script("calls' stories", GeneratedCalls.stories(sizes))
    }

    private func generateJobs() async throws {
        try await script("partitions of jobs", GeneratedJobs.partitions(sizes))
        try await days("finished jobs", sizes.jobDays) { GeneratedJobs.day($0, sizes) }
        try await days("what workers did", sizes.jobDays + 1) { GeneratedJobs.statistics($0) }
        try await script("waiting and dead jobs", GeneratedJobs.unfinished(sizes))
        try await script("the backlog as it was", GeneratedJobs.backlog(sizes))
    }

    /// One statement a day, two at once; the oldest day first.
    private func days(_ name: String, _ count: Int, _ sql: @escaping @Sendable (Int) -> String) async throws {
        try await step(name) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for day in (0..<count).reversed() {
                    if day < count - 2 { try await group.next() }
                    group.addTask { try await database.withConnection { try await $0.run(script: sql(day)) } }
                }
                try await group.waitForAll()
            }
        }
    }

    private func step(_ name: String, _ body: () async throws -> Void) async throws {
        let start = ContinuousClock.now
        try await body()
        said("\(String(format: "%7.1f", start.duration(to: .now) / .seconds(1))) s  \(name)")
    }

    private func script(_ name: String, _ sql: String) async throws {
        try await step(name) { try await database.withConnection { try await $0.run(script: sql) } }
    }

    /// What housekeeping does once an hour, and what autovacuum would have done by now.
    private func finish() async throws {
        try await step("hours counted") {
            while try await database.query(Self.countHistory)[0].decode(Int32.self) > 0 {}
        }
        try await step("vacuumed and analysed") {
            for row in try await database.query(Self.tables) { try await vacuum(row.decode(String.self)) }
        }
        try await database.withConnection { try await $0.run(script: "DROP SCHEMA bench CASCADE") }
    }

    /// Alone, because it can't run inside a transaction.
    private func vacuum(_ table: String) async throws { try await database.execute(Statement("", "VACUUM (ANALYZE) \(table)")) }

    private func size() async throws -> String {
        try await database.query(Statement("", "SELECT pg_size_pretty(pg_database_size(current_database()))"))[0].decode(
            String.self)
    }

    private static let countHistory = Statement("", "SELECT hub.count_history()")
    private static let tables = Statement(
        "",
        """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid <> 'hub.call'::regclass
        """)
}
