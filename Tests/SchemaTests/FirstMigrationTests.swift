import EmbeddedPostgres
import Logging
import Postgres
import TestSupport
import Testing

@testable import Schema

/// The whole schema on empty databases.
@Suite struct FirstMigrationTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `an empty database is refused with the remedy, planned, migrated, and then passes`() async throws {
        let database = Database(DatabaseConfiguration(try await TestCluster.shared.empty()), logger: Self.logger)
        let error = await #expect(throws: SchemaMismatch.self) { try await SchemaGate.check(database) }
        #expect(error?.code == .missing)
        #expect(error?.description.contains("run `trunkline migrate`") == true)
        #expect(try await Migrator.plan(on: database).map(\.version) == Array(1...SchemaGate.version))
        #expect(try await Migrator.migrate(on: database, logger: Self.logger).count == SchemaGate.version)
        try await SchemaGate.check(database)
        await database.close()
    }

    /// Roles belong to the cluster, advisory locks to a database: the first migrations of several databases race for the roles.
    /// Other names make roles that the cluster does not have yet.
    @Test func `the first migrations of several databases of one cluster run at once`() async throws {
        let first = Migration.all[0]
        let renamed = Migration(version: 1, name: first.name, sql: first.sql.replacing("trunkline_", with: "racing_"))
        let databases = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 { group.addTask { try await TestCluster.shared.empty() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for url in databases {
                group.addTask {
                    let database = Database(DatabaseConfiguration(url), logger: Self.logger)
                    _ = try await Migrator(migrations: [renamed]).migrate(on: database, logger: Self.logger)
                    #expect(try await SchemaGate.databaseVersion(database) == 1)
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `an ordinary user who owns the database and may create roles can migrate`() async throws {
        let url = try await TestCluster.shared.empty()
        let name = String(url.split(separator: "/").last ?? "")
        let administrator = Database(DatabaseConfiguration(url), logger: Self.logger)
        try await administrator.withConnection { connection in
            try await connection.run(
                script: """
                    CREATE ROLE \(name)_admin LOGIN CREATEROLE PASSWORD 'open';
                    ALTER DATABASE \(name) OWNER TO \(name)_admin;
                    """)
        }
        let server = try await TestCluster.shared.server()
        let database = Database(
            DatabaseConfiguration(server.connectionString(database: name, user: "\(name)_admin", password: "open")),
            logger: Self.logger)
        #expect(try await Migrator.migrate(on: database, logger: Self.logger).count == SchemaGate.version)
        try await SchemaGate.check(database)
        await database.close()
        await administrator.close()
    }
}
