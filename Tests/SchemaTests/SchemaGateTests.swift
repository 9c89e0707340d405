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

    @Test func `a newer schema is refused`() async throws {
        let database = try TestDatabase.current.connect()
        let version = SchemaGate.version
        let error = await #expect(throws: SchemaMismatch.self) {
            try await SchemaGate.check(database, needed: version - 1)
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
