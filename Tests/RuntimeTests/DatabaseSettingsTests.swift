import Logging
import Postgres
import TestSupport
import Testing

@testable import Runtime

/// What the server says of a session that a program opened.
@Suite("A program's sessions", .database)
struct DatabaseSettingsTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private static let session = Statement(
        "",
        """
        SELECT current_setting('application_name'), current_setting('jit'),
            current_setting('idle_in_transaction_session_timeout')
        """)

    private func session(_ pooling: String) async throws -> [String] {
        let configuration = try ProgramConfiguration.load(
            schema: ConfigurationSchema.common,
            file: try folder.write("t.yaml", "database: {url: '\(TestDatabase.current.url)', pooling: \(pooling)}\n"), flags: [:],
            environment: [:])
        let settings = try DatabaseSettings.readForProgram(configuration, program: "call-sync")
        let database = Database(settings, logger: Logger(label: "test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.run() }
            defer { group.cancelAll() }
            let row = try #require(try await database.query(Self.session).first)
            return try (0..<3).map { try row[$0].decode(String.self) }
        }
    }

    @Test("Carry the program's name, compile no statements, and do not hold a transaction for ever")
    func ofTheirOwn() async throws { #expect(try await session("session") == ["call-sync", "off", "15s"]) }

    @Test("Leave to a pooler what a pooler does not hand on")
    func behindAPooler() async throws { #expect(try await session("transaction")[1] == "on") }
}
