import TestSupport
import Testing

@Suite(.database) struct TenantsCommandTests {
    private struct Tenant: Decodable {
        var tenant: String
        var enabled: Bool
        var region: String?
    }

    @Test func `tenants are added once, switched off and on, and chosen by name where there are several`() async throws {
        let url = try await OperatorLogin.url()
        #expect(try await CommandRun.of("settings", "list", database: url).errors.contains("trunkline tenants add"))
        #expect(try await CommandRun.of("tenants", "add", "acme", "--region", "NL", database: url).status == 0)
        let twice = try await CommandRun.of("tenants", "add", "acme", database: url)
        #expect(twice.status == 1)
        #expect(twice.errors == "trunkline: tenant acme is there already")
        #expect(try await CommandRun.of("tenants", "add", "bolt", database: url).status == 0)

        let unclear = try await CommandRun.of("settings", "list", database: url)
        #expect(unclear.status == 64)
        #expect(unclear.errors.contains("acme, bolt"))
        #expect(try await CommandRun.of("settings", "list", "--tenant", "acme", database: url).status == 0)
        #expect(try await CommandRun.of("settings", "list", "--tenant", "nobody", database: url).status == 1)

        #expect(try await CommandRun.of("tenants", "disable", "acme", database: url).status == 0)
        let list = try await CommandRun.of("tenants", "list", "--format", "json", database: url).json([Tenant].self)
        #expect(list.map(\.tenant) == ["acme", "bolt"])
        #expect(list.map(\.enabled) == [false, true])
        #expect(list.map(\.region) == ["NL", nil])
        // The only enabled one is meant.
        #expect(try await CommandRun.of("settings", "list", database: url).status == 0)

        #expect(try await CommandRun.of("tenants", "region", "bolt", "SE", database: url).status == 0)
        #expect(try await CommandRun.of("tenants", "region", "nobody", "SE", database: url).status == 1)
        let regions = try await CommandRun.of("tenants", "list", "--format", "json", database: url).json([Tenant].self)
        #expect(regions.map(\.region) == ["NL", "SE"])
        #expect(try await CommandRun.of("tenants", "enable", "acme", database: url).status == 0)
        #expect(try await CommandRun.of("tenants", "enable", "nobody", database: url).status == 1)
    }
}
