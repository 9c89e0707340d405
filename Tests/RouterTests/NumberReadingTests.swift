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
                niceness: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
            notes.all.withLock { $0["\(event.message)"] = note }
        }
    }

    @Test func `numbers are read on a thread of low priority, and by one process of the server's`() async throws {
        let database = try TestDatabase.current.connect()
        let (tenant, _, _) = try await TestRouter.makeTenant(rules: nil, on: database)
        try await RouterFixtures.known(database, tenant)
        let notes = ThreadNotes.Notes()
        let logger = Logger(label: "reader") { _ in ThreadNotes(notes: notes) }
        let numbers = Database(database.configuration.forNumbers, logger: logger)
        let reader = TenantReader(database: database, numberDatabase: numbers, logger: logger)
        let versions = try #require(try await database.withConnection { try await RouteStateStore.one(tenant, on: $0) })
        let routes = TenantRoutes(versions, numbers: .missing, freshness: Freshness(limit: .seconds(60)))
        let read = try await reader.load(routes)
        #expect(read.index.count > 0)
        #expect(notes.all.withLock { $0["Numbers were read"] } == .init(thread: "pg-background", niceness: 10))
        let workers = try await numbers.query(Statement("", "SHOW max_parallel_workers_per_gather"))
        #expect(try workers[0].decode(String.self) == "0")
        await numbers.close()
        await database.close()
    }
}
