import Logging
import Postgres
import TestSupport
import Testing

@testable import Schema

/// The suite's databases come migrated; these tests add steps of their own behind, or start on an empty database.
@Suite(.database) struct MigratorTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func next(_ sqls: String...) -> [Migration] {
        Migration.all
            + sqls.enumerated().map { index, sql in
                Migration(version: Migration.all.count + index + 1, name: "next\(index)", sql: sql)
            }
    }

    @Test func `a migrated database has nothing to do`() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        #expect(try await Migrator.plan(on: database).isEmpty)
        #expect(try await Migrator.migrate(on: database, logger: Self.logger).isEmpty)
        try await SchemaGate.check(database)
        await database.close()
    }

    @Test func `plan changes nothing and names what is missing`() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let migrator = Migrator(migrations: next("CREATE TABLE hub.planned (id integer)"))
        #expect(try await migrator.plan(on: database).map(\.name) == ["next0"])
        #expect(try await migrator.plan(on: database).map(\.name) == ["next0"])
        await database.close()
    }

    @Test func `runs each step once, as the owner, and writes it down`() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let migrator = Migrator(migrations: next("CREATE TABLE hub.extra (id integer);", "ALTER TABLE hub.extra ADD name text;"))
        let done = try await migrator.migrate(on: database, logger: Self.logger)
        #expect(done.map(\.name) == ["next0", "next1"])
        #expect(done.allSatisfy { $0.appliedBy == "postgres" && $0.duration > .zero })
        let owner = try await database.query(
            Statement("", "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'hub.extra'::regclass"))[0].decode(
                String.self)
        #expect(owner == "trunkline_owner")
        #expect(try await migrator.migrate(on: database, logger: Self.logger).isEmpty)
        await database.close()
    }

    @Test func `a failing step leaves nothing of itself and keeps the ones before`() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let migrator = Migrator(
            migrations: next("CREATE TABLE hub.good (id integer)", "CREATE TABLE hub.half (id integer); SELECT 1 / 0"))
        let failure = await #expect(throws: MigrationFailure.self) {
            try await migrator.migrate(on: database, logger: Self.logger)
        }
        #expect(failure?.name == "next1")
        let (good, half, version) = try await database.query(
            Statement(
                "",
                """
                SELECT to_regclass('hub.good') IS NOT NULL, to_regclass('hub.half') IS NOT NULL,
                       (SELECT max(version) FROM hub.schema_migration)
                """))[0].decode(Bool.self, Bool.self, Int32.self)
        #expect(good && !half)
        #expect(Int(version) == Migration.all.count + 1)
        // The lock is free again: another session gets it.
        let other = try TestDatabase.current.connect()
        #expect(try await Migrator(migrations: Migration.all).plan(on: other).isEmpty)
        await other.close()
        await database.close()
    }

    @Test func `of several that migrate at once each step is run by one`() async throws {
        let test = try await TestDatabase.current.fresh()
        let migrator = Migrator(
            migrations: next("CREATE TABLE hub.contended (id integer)", "ALTER TABLE hub.contended ADD name text"))
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = test.connect()
                    let done = try await migrator.migrate(on: database, logger: Self.logger).count
                    await database.close()
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(done == 2)
    }

    @Test func `refuses a newer database without touching it`() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let shut =
            "CREATE OR REPLACE FUNCTION hub.programs_from() RETURNS integer LANGUAGE sql IMMUTABLE RETURN \(SchemaGate.version + 1)"
        _ = try await Migrator(migrations: next(shut)).migrate(on: database, logger: Self.logger)
        let error = await #expect(throws: SchemaMismatch.self) {
            try await Migrator.migrate(on: database, logger: Self.logger)
        }
        #expect(error?.code == .newer)
        let gate = await #expect(throws: SchemaMismatch.self) { try await SchemaGate.check(database) }
        #expect(gate?.code == .newer)
        await database.close()
    }
}
