import Foundation
import Glibc
import Logging
import Postgres
import Routing
import Synchronization
import TestSupport
import Testing

@testable import Router

/// Reading numbers, and what it leaves to others of the machine and of the server.
@Suite(.database) struct NumberReadingTests {
    /// Notes the thread on which each message is logged.
    private struct ThreadNotes: LogHandler {
        struct Note: Equatable {
            var thread: String
            var niceness: Int32
            var policy: Int32
        }

        let notes: Notes
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        final class Notes: Sendable {
            let all = Mutex<[String: Note]>([:])
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
            let note = Note(
                thread: name.trimmingCharacters(in: .newlines),
                niceness: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), policy: sched_getscheduler(0))
            notes.all.withLock { $0["\(event.message)"] = note }
        }
    }

    private func tenant(_ database: Database) async throws -> TenantRoutes {
        let (tenant, _, _) = try await TestRouter.makeTenant(rules: nil, on: database)
        try await RouterFixtures.known(database, tenant)
        let versions = try #require(try await database.withConnection { try await RouteStateStore.one(tenant, on: $0) })
        return TenantRoutes(versions, numbers: .missing, freshness: Freshness(limit: .seconds(60)))
    }

    private func again(_ routes: TenantRoutes, _ read: TenantNumbers) -> TenantRoutes {
        TenantRoutes(routes.versions, numbers: .memory(read.index), freshness: Freshness(limit: .seconds(60)))
    }

    /// Pools whose connections may take long to open: on a busy machine the threads for them seldom have their turn.
    private func numbers(of database: Database, _ logger: Logger) -> NumberDatabases {
        var configuration = database.configuration
        configuration.acquireTimeout = .seconds(600)
        return NumberDatabases(of: Database(configuration, logger: logger), logger: logger)
    }

    /// Names of the threads that have a processor only while nobody else wants it.
    private func spareThreads() throws -> Set<String> {
        var names: Set<String> = []
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
            guard let stat = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
                let start = stat.firstIndex(of: "("), let end = stat.lastIndex(of: ")")
            else { continue }
            // proc(5): the policy is the 41st field, the first behind the name is the third.
            let fields = stat[end...].split(separator: " ")
            if fields.count > 39, fields[39] == "5" { names.insert(String(stat[stat.index(after: start)..<end])) }
        }
        return names
    }

    @Test func `numbers are read on a thread of low priority, and by one process of the server's`() async throws {
        let database = try TestDatabase.current.connect()
        let notes = ThreadNotes.Notes()
        let logger = Logger(label: "reader") { _ in ThreadNotes(notes: notes) }
        let numbers = NumberDatabases(of: database, logger: logger)
        let reader = TenantReader(database: database, numbers: numbers, logger: logger)
        let read = try await reader.load(try await tenant(database))
        #expect(read.index.count > 0)
        let note = notes.all.withLock { $0["Numbers were read"] }
        #expect(note == .init(thread: "pg-background", niceness: 10, policy: SCHED_OTHER))
        for pool in [numbers.usual, numbers.spare] {
            let workers = try await pool.query(Statement("", "SHOW max_parallel_workers_per_gather"))
            #expect(try workers[0].decode(String.self) == "0")
            await pool.close()
        }
        await database.close()
    }

    @Test func `what is there already is read anew in what time the processors have left`() async throws {
        let database = try TestDatabase.current.connect()
        let notes = ThreadNotes.Notes()
        let logger = Logger(label: "reader") { _ in ThreadNotes(notes: notes) }
        let numbers = numbers(of: database, logger)
        // However busy the processors are.
        let reader = TenantReader(database: database, numbers: numbers, logger: logger) { _ in .seconds(600) }
        let routes = try await tenant(database)
        let first = try await reader.load(routes)
        let start = ContinuousClock.now
        let second = try await reader.load(again(routes, first))
        #expect(second.index.count == first.index.count)
        // What is read counts when it is read, not when the time for it is over.
        #expect(ContinuousClock.now - start < .seconds(500))
        #expect(notes.all.withLock { $0["Numbers were read"] } == .init(thread: "pg-spare", niceness: 0, policy: 5))
        // What is started meanwhile does not inherit it.
        #expect(try spareThreads() == ["pg-spare"])
        for pool in [numbers.usual, numbers.spare, database] { await pool.close() }
    }

    @Test func `where the processors have none left it is read all the same`() async throws {
        let database = try TestDatabase.current.connect()
        let notes = ThreadNotes.Notes()
        let logger = Logger(label: "reader") { _ in ThreadNotes(notes: notes) }
        let numbers = NumberDatabases(of: database, logger: logger)
        let routes = try await tenant(database)
        let reader = TenantReader(database: database, numbers: numbers, logger: logger) { _ in .milliseconds(300) }
        let first = try await reader.load(routes)
        // Nothing is read while somebody holds the tables.
        let reading = try await database.withTransaction { (connection) async throws -> Task<TenantNumbers, any Error> in
            try await connection.run(script: "LOCK TABLE hub.route_number IN ACCESS EXCLUSIVE MODE")
            let reading = Task { try await reader.load(again(routes, first)) }
            try await eventually("the spare thread gives up") {
                notes.all.withLock { $0.keys.contains { $0.hasPrefix("The processors are too busy") } }
            }
            return reading
        }
        #expect(try await reading.value.index.count == first.index.count)
        #expect(notes.all.withLock { $0["Numbers were read"]?.thread } == "pg-background")
        #expect(try spareThreads() == ["pg-spare"])
        for pool in [numbers.usual, numbers.spare, database] { await pool.close() }
    }
}
