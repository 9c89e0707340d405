import Postgres
import TestSupport
import Testing

@testable import DynamicsSolution

@Suite(.database) struct ProbeStoreTests {
    @Test(arguments: ["trunkline_user_sync", "trunkline_operator"])
    func `answers are replaced as a whole`(role: String) async throws {
        let test = try await TestDatabase.current.fresh()
        let database = test.connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo') RETURNING tenant_id"))[0][0].decode(Int32.self)
        let program = test.connect(as: role)
        #expect(try await ProbeStore.read(program, tenant: tenant).answers.isEmpty)
        let first = DynamicsProbes(["set.queue": "queues", "language": "1033"])
        try await program.withTransaction { try await ProbeStore.replace(first, tenant: tenant, on: $0) }
        #expect(try await ProbeStore.read(program, tenant: tenant) == first)
        let second = DynamicsProbes(["set.queue": "queues", "source.set": "msdyn_odatav4dses"])
        try await program.withTransaction { try await ProbeStore.replace(second, tenant: tenant, on: $0) }
        #expect(try await ProbeStore.read(program, tenant: tenant) == second)
        await program.close()
        await database.close()
    }

    @Test func `other programs read them and change nothing`() async throws {
        let test = try await TestDatabase.current.fresh()
        let reader = test.connect(as: "trunkline_call_sync")
        #expect(try await ProbeStore.read(reader, tenant: 1).answers.isEmpty)
        await #expect(throws: PostgresError.self) {
            try await reader.execute(Statement("", "DELETE FROM hub.dynamics_probe"))
        }
        await reader.close()
    }
}
