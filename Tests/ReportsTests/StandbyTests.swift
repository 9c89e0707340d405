import EmbeddedPostgres
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
        try await FollowedServer.run { primary in
            let administrator = Database(DatabaseConfiguration(primary.connectionString()), logger: Self.logger)
            _ = try await Migrator.migrate(on: administrator, logger: Self.logger)
            try await administrator.withConnection {
                try await $0.run(
                    script: """
                        INSERT INTO hub.tenant (name) VALUES ('acme');
                        CREATE ROLE reader LOGIN PASSWORD 'open' IN ROLE trunkline_report;
                        """)
            }
            await administrator.close()
        } _: { primary, standby in
            let administrator = Database(DatabaseConfiguration(primary.connectionString()), logger: Self.logger)
            try await Self.check(primary: administrator, standby: standby)
            await administrator.close()
        }
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
}
