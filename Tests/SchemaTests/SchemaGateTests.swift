import Postgres
import TestSupport
import Testing

@testable import Schema

@Suite(.database) struct SchemaGateTests {
    @Test func `an older schema is refused with both versions and the remedy`() async throws {
        let database = try TestDatabase.current.connect()
        let version = SchemaGate.version
        let error = await #expect(throws: SchemaMismatch.self) {
            try await SchemaGate.check(database, needed: version + 2)
        }
        #expect(
            error?.description
                == "the schema is at version \(version), this program needs \(version + 2): run `trunkline migrate`")
        await database.close()
    }

    @Test func `a newer schema that lets this version in is taken, and no other`() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 1)
        let version = SchemaGate.version
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.schema_migration (version, name, checksum, duration) VALUES
                        (\(version + 1), 'next', repeat('0', 64), '1 s'), (\(version + 2), 'after', repeat('0', 64), '1 s');
                    CREATE OR REPLACE FUNCTION hub.programs_from() RETURNS integer LANGUAGE sql IMMUTABLE RETURN \(version + 1);
                    """)
        }
        try await SchemaGate.check(database, needed: version + 1)
        let error = await #expect(throws: SchemaMismatch.self) { try await SchemaGate.check(database, needed: version) }
        #expect(error?.code == .newer)
        await database.close()
    }

    @Test func `each migration says which programs it lets in`() {
        for migration in Migration.all where migration.version >= 15 {
            #expect(migration.sql.contains("FUNCTION hub.programs_from()"), "\(migration.version) \(migration.name)")
        }
    }

    @Test func `a schema that is too new is refused`() async throws {
        let database = try TestDatabase.current.connect()
        let oldest = try await database.query(Statement("", "SELECT hub.programs_from()"))[0][0].decode(Int.self)
        try await SchemaGate.check(database, needed: oldest)
        let error = await #expect(throws: SchemaMismatch.self) {
            try await SchemaGate.check(database, needed: oldest - 1)
        }
        #expect(error?.code == .newer)
        await database.close()
    }

    @Test func `a user who may not read the version is told what to grant`() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_report")
        let error = await #expect(throws: SchemaMismatch.self) { try await SchemaGate.check(database) }
        #expect(error?.code == .forbidden)
        await database.close()
    }
}
