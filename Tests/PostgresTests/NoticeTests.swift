import InMemoryLogging
import Logging
import Postgres
import TestSupport
import Testing

@Suite("What the server remarks goes to the log", .database)
struct NoticeTests {
    @Test(arguments: [("WARNING", Logger.Level.warning), ("NOTICE", .info), ("LOG", .debug)])
    func noticesKeepTheirSeverity(_ severity: String, _ level: Logger.Level) async throws {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "notices") { _ in handler }
        logger.logLevel = .trace
        try await withDatabase(at: try TestDatabase.current.url, logger: logger, { $0.settings = ["client_min_messages": "log"] })
        {
            (database) async throws in
            try await database.withConnection { try await $0.run(script: "DO $$BEGIN RAISE \(severity) 'look here'; END$$") }
        }
        let entry = try #require(handler.entries.first { $0.message.description.contains("look here") })
        #expect(entry.level == level)
        #expect(entry.metadata["pg_severity"] == .string(severity))
    }
}
