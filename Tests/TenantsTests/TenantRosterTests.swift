import Dynamics
import Foundation
import Logging
import Postgres
import Runtime
import TestSupport
import Testing

@testable import Tenants

@Suite(.database) struct TenantRosterTests {
    @Test(
        "Where a tenant's Dynamics is stands in its row from the first look on",
        arguments: ["call_sync", "user_sync", "callback_sync"])
    func environment(program: String) async throws {
        let test = try await TestDatabase.current.fresh()
        let all = test.connect()
        try await all.execute(Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo'), ('other')"), [])
        let database = test.connect(as: "trunkline_\(program)")
        let outbound = OutboundClients()
        let roster = TenantRoster(
            [try TenantConfigurationTests.tenant("dynamics", "url: https://Demo.crm4.dynamics.com/")],
            book: TenantBook(database: database, logger: Logger(label: "test")), database: database, outbound: outbound,
            readiness: Readiness(), plan: TenantPlan(schedules: { _ in [] }), logger: Logger(label: "test"))
        try await roster.look()
        let known = try await all.query(Statement("", "SELECT dynamics_url FROM hub.tenant ORDER BY name")).map {
            try $0.decode(String?.self)
        }
        #expect(known == ["https://demo.crm4.dynamics.com", nil])
        await outbound.shutDown()
        await database.close()
        await all.close()
    }

    @Test(arguments: [
        ("https://demo.crm4.dynamics.com/", "https://demo.crm4.dynamics.com"), ("https://h:8443/x?y#z", "https://h:8443"),
        ("HTTP://LocalHost:1", "http://localhost:1"), ("http://[::1]:2", "http://[::1]:2"), ("http://demo.example", nil),
        ("https://a@demo.example", nil), ("https://a:b@demo.example", nil), ("javascript:alert(1)", nil), ("demo.example", nil),
        ("https://", nil), ("https://de mo", nil),
    ])
    func onlyWhatALinkMayLeadToIsAnAddress(address: String, origin: String?) {
        #expect(EnvironmentAddress.origin(address) == origin)
    }
}
