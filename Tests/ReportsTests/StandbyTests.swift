import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Reports
import Schema
import TestSupport
import Testing

/// Reports are read where they disturb nobody: on a server that only follows.
@Suite struct StandbyTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `every report runs on a hot standby, and sees what the primary does`() async throws {
        let primary = try await EmbeddedPostgres.start(durable: false)
        let folder = FileManager.default.temporaryDirectory.appending(path: "standby-\(UUID().uuidString.prefix(8).lowercased())")
        do {
            let administrator = Database(DatabaseConfiguration(primary.connectionString()), logger: Self.logger)
            _ = try await Migrator.migrate(on: administrator, logger: Self.logger)
            try await administrator.withConnection {
                try await $0.run(
                    script: """
                        INSERT INTO hub.tenant (name) VALUES ('acme');
                        CREATE ROLE reader LOGIN PASSWORD 'open' IN ROLE trunkline_report;
                        """)
            }
            let standby = try await Self.standby(of: primary, in: folder)
            try await Self.check(primary: administrator, standby: standby)
            await administrator.close()
            await standby.stop(.immediate)
        } catch {
            await primary.stop(.immediate)
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        await primary.stop(.immediate)
        try? FileManager.default.removeItem(at: folder)
    }

    private static func check(primary: Database, standby: EmbeddedPostgres) async throws {
        let reader = Database(DatabaseConfiguration(standby.connectionString(user: "reader", password: "open")), logger: logger)
        for report in Report.all { _ = try await report.run(on: reader) }
        let version = try await #require(Report.named("version")).run(on: reader)
        #expect(try version[0].decode("is_standby", as: Bool.self))

        try await primary.withConnection {
            try await $0.run(script: "SELECT hub.job_hold('test.kind', 1, 'seen on the standby', 'jane')")
        }
        let pauses = try #require(Report.named("pauses"))
        try await eventually("the standby shows the pause") {
            try await pauses.run(on: reader).map { try $0.decode("reason", as: String.self) } == ["seen on the standby"]
        }
        let error = await #expect(throws: PostgresError.self) {
            _ = try await reader.query(Statement("", "CREATE TEMPORARY TABLE mine (id integer)"))
        }
        #expect(error?.code == .readOnlyTransaction)
        await reader.close()
    }

    /// A copy of the primary that follows it.
    private static func standby(of primary: EmbeddedPostgres, in folder: URL) async throws -> EmbeddedPostgres {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes(owner(of: primary), ofItemAtPath: folder.path())
        let data = folder.appending(path: "data").path()
        let source = "host=127.0.0.1 port=\(primary.port) user=postgres password=\(primary.password)"
        try await run(primary, "pg_basebackup", ["--pgdata", data, "--dbname", source, "--checkpoint", "fast", "--no-sync"])
        try Data().write(to: folder.appending(path: "data/standby.signal"))
        return try await EmbeddedPostgres.reopen(
            folder, password: primary.password, settings: ["primary_conninfo": source, "hot_standby": "on"], durable: false)
    }

    private static func owner(of server: EmbeddedPostgres) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: server.folder.path()).filter {
            [.ownerAccountID, .groupOwnerAccountID].contains($0.key)
        }
    }

    /// Runs one of the server's programs as whoever the server runs as: its files must be that account's.
    private static func run(_ server: EmbeddedPostgres, _ program: String, _ arguments: [String]) async throws {
        let process = Process()
        let path = server.binaries.appending(path: program).path()
        if geteuid() == 0 {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            process.arguments = ["--reuid", "postgres", "--regid", "postgres", "--init-groups", "--", path] + arguments
        } else {
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: "/")
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        #expect(status == 0, "\(program) ended with status \(status)")
    }
}
