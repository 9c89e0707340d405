import Postgres
import Routing
import TestSupport
import Testing

@testable import Router

/// Every statement against the migrated schema, with the router's rights.
@Suite(.database) struct StatementTests {
    static let all: [Statement] =
        RouteStateStore.statements + NumberLookup.statements + NumberLoader.statements + DecisionStore.statements
        + ApiKeyStore.statements + RuleSetStore.statements

    @Test(arguments: all) func `fits the schema`(statement: Statement) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_router", maximumConnections: 1)
        try await database.withConnection { try await $0.run(script: "PREPARE \"\(statement.name)\" AS \(statement.sql)") }
        await database.close()
    }

    @Test func `each has a name of its own`() {
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    }

    @Test func `who talked to a caller last is gathered from the calls`() async throws {
        let database = try TestDatabase.current.connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('agents') RETURNING tenant_id"))[0].decode(Int32.self)
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.own_number (tenant_id, number, kind, enreach_id) VALUES (\(tenant), '+358931001', 'user', '00000000-0000-0000-0000-0000000000aa');
                    INSERT INTO hub.call (tenant_id, call_id, call_day, privacy, direction, answered, started_at, talk_seconds, other_number, enreach_user_id, legs, content_hash, activity_id)
                    SELECT \(tenant), gen_random_uuid(), now()::date, privacy, 'inbound', answered, now() - interval '1 hour', 10, number,
                        '00000000-0000-0000-0000-0000000000aa', '[]', 0, gen_random_uuid()
                    FROM (VALUES ('work', true, '+358401234567'), ('work', false, '+358401111111'), ('undefined', true, '+358402222222')) c (privacy, answered, number);
                    """)
        }
        let router = try TestDatabase.current.connect(as: "trunkline_router")
        try await DecisionStore.gatherAgents(tenant: tenant, since: 60, on: router)
        try await DecisionStore.makePartitions(on: router)
        try await DecisionStore.dropPartitions(keepingDays: 30, on: router)
        let rows = try await router.query(
            Statement("", "SELECT number, agent_number FROM hub.route_number WHERE tenant_id = \(tenant)"))
        #expect(try rows.map { try $0.decode(String.self, String.self).0 } == ["+358401234567"])
        await router.close()
        await database.close()
    }
}
