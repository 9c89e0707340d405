import EmbeddedPostgres
import Foundation
import InMemoryLogging
import Logging
import Postgres
import TestSupport
import Testing

@testable import Schema

/// Migrations beside programs that work.
@Suite struct MigrationLocksTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A database whose schema is of an earlier version.
    private func database(at version: Int) async throws -> Database {
        let database = Database(DatabaseConfiguration(try await TestCluster.shared.empty()), logger: Self.logger)
        _ = try await Migrator(migrations: Array(Migration.all.prefix(version))).migrate(on: database, logger: Self.logger)
        return database
    }

    /// Migrates it, and ends well only when that met no deadlock, where it could be avoided.
    private func migrate(_ database: Database, to version: Int) async throws {
        let migrator = Migrator(migrations: Array(Migration.all.prefix(version)), attempts: 100, pause: .milliseconds(100))
        let log = InMemoryLogHandler()
        _ = try await migrator.migrate(on: database, logger: Logger(label: "test") { _ in log })
        // Two tables are locked one after the other; the migration then gives way before the other side is harmed.
        let errors = log.entries.compactMap { $0.metadata["error"]?.description }.filter { $0.contains("deadlock") }
        #expect(errors.isEmpty || (Migrator.lockedFirst[version] ?? []).count > 1)
        #expect(try await SchemaGate.databaseVersion(database) == version)
    }

    /// Waits until somebody waits for a lock of this database.
    private func somebodyWaits(_ database: Database) async throws {
        let waits = Statement(
            "",
            """
            SELECT EXISTS (
                SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND NOT l.granted)
            """)
        try await eventually("the migration waits") { try await database.query(waits)[0].decode(Bool.self) }
    }

    /// As `call-sync` takes calls in: it locks those it knows, then writes. Whoever had let the migration begin in between and
    /// then waited for it would never get on, nor would the migration.
    @Test(.timeLimit(.minutes(10))) func `indexes are replaced while calls are taken in`() async throws {
        let database = try await database(at: 17)
        try await database.withConnection { intake in
            try await intake.run(script: "BEGIN; SELECT FROM hub.call FOR NO KEY UPDATE")
            async let migrated: Void = migrate(database, to: 18)
            try await somebodyWaits(database)
            try await intake.run(script: "UPDATE hub.call SET changed_at = now(); COMMIT")
            try await migrated
        }
        await database.close()
    }

    @Test(.timeLimit(.minutes(10))) func `columns come to two tables while callback requests are taken in`() async throws {
        let database = try await database(at: 18)
        try await database.withConnection { intake in
            try await intake.run(script: "BEGIN; UPDATE hub.callback_mark SET source = source")
            async let migrated: Void = migrate(database, to: 19)
            try await somebodyWaits(database)
            try await intake.run(script: "UPDATE hub.callback SET changed_at = now(); COMMIT")
            try await migrated
        }
        await database.close()
    }

    @Test(.timeLimit(.minutes(10))) func `a migration gives way to a long report and is begun again`() async throws {
        let database = try await TestDatabase(url: TestCluster.shared.clone()).connect()
        let step = Migration(
            version: Migration.all.count + 1, name: "step", sql: "ALTER TABLE hub.call ADD COLUMN step integer")
        try await database.withConnection { report in
            try await report.run(script: "BEGIN; SELECT count(*) FROM hub.call")
            let impatient = Migrator(migrations: Migration.all + [step], attempts: 2, pause: .zero)
            let failure = await #expect(throws: MigrationFailure.self) {
                try await impatient.migrate(on: database, logger: Self.logger)
            }
            #expect((failure?.cause as? PostgresError)?.code == .lockNotAvailable)
            let patient = Migrator(migrations: Migration.all + [step], attempts: 100, pause: .zero)
            async let migrated = patient.migrate(on: database, logger: Self.logger)
            try await somebodyWaits(database)
            try await report.run(script: "COMMIT")
            let done = try await migrated
            #expect(done.map(\.name) == ["step"])
        }
        await database.close()
    }

    @Test func `indexes that were made beforehand are taken as they are, and one that broke off is made anew`() async throws {
        let database = try await database(at: 17)
        let indexes = Statement(
            "", "SELECT 'hub.call_by_start'::regclass::oid::bigint, 'hub.call_by_number'::regclass::oid::bigint")
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/database.md")
                .standardized,
            encoding: .utf8)
        let statements = page.matches(of: /(?m)^CREATE INDEX CONCURRENTLY [^;]+;$/).map { String($0.0) }
        #expect(statements.count == 2)
        try await database.withConnection { connection in
            for statement in statements { try await connection.run(script: statement) }
            try await connection.run(
                script: "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'hub.call_by_number'::regclass")
        }
        let before = try await database.query(indexes)[0].decode(Int64.self, Int64.self)
        try await migrate(database, to: 18)
        let after = try await database.query(indexes)[0].decode(Int64.self, Int64.self)
        #expect(before.0 == after.0 && before.1 != after.1)
        await database.close()
    }

    /// What came to be locked against everybody only after something else could have a writer waiting for it that holds it.
    @Test(arguments: 16...Migration.all.count) func `a migration locks first what it locks against everybody`(
        version: Int
    ) async throws {
        let database = try await database(at: version - 1)
        let migration = Migration.all[version - 1]
        let late = try await database.withConnection { connection in
            try await connection.run(
                script: """
                    CREATE TABLE public.had AS SELECT oid FROM pg_class WHERE relkind IN ('r', 'p');
                    GRANT SELECT ON public.had TO PUBLIC;
                    """)
            return try await connection.withTransaction { connection in
                try await connection.run(script: Migrator.preamble(of: migration))
                let first = try await connection.query(Self.locked).map { try $0.decode(String.self) }
                #expect(Set(first) == Set(Migrator.lockedFirst[version] ?? []))
                try await connection.run(script: migration.sql + ";RESET ROLE")
                let locked = try await connection.query(Self.locked).map { try $0.decode(String.self) }
                return Set(locked).subtracting(first)
            }
        }
        #expect(late.isEmpty, "write them beside the version in Migrator.lockedFirst: \(late.sorted())")
        await database.close()
    }

    /// The tables from before that this transaction holds against everybody.
    private static let locked = Statement(
        "",
        """
        SELECT DISTINCT n.nspname || '.' || c.relname
        FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND l.database = (
                SELECT oid FROM pg_database WHERE datname = current_database())
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'public'
          AND c.oid IN (SELECT oid FROM public.had)
        ORDER BY 1
        """)
}
