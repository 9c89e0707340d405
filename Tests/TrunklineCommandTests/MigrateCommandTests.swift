import Foundation
import TestSupport
import Testing

@Suite struct MigrateCommandTests {
    private struct Step: Decodable {
        var version: Int
        var name: String
    }

    @Test func `an empty database is planned, migrated, and then has nothing to do`() async throws {
        let url = try await TestCluster.shared.empty()

        let refused = try await CommandRun.of("tenants", database: url)
        #expect(refused.status == 1)
        #expect(refused.errors.hasSuffix("run `trunkline migrate`"))

        let plan = try await CommandRun.of("migrate", "--plan", "--format", "json", database: url)
        #expect(plan.status == 0)
        let planned = try plan.json([Step].self)
        #expect(planned.map(\.version) == Array(1...planned.count))
        #expect(planned.first?.name == "hub")

        let sql = try await CommandRun.of("migrate", "--plan", "--sql", database: url)
        #expect(sql.output.contains("CREATE TABLE hub.schema_migration"))

        let done = try await CommandRun.of("migrate", "--format", "json", database: url)
        #expect(done.status == 0)
        #expect(try done.json([Step].self).map(\.version) == planned.map(\.version))

        let again = try await CommandRun.of("migrate", database: url)
        #expect(again.output == "nothing to do: the schema is at version \(planned.count)")
    }
}
