import Postgres
import Routing
import Runtime
import TestSupport
import Testing

@testable import Router

/// Every statement against the migrated schema, with the router's rights.
@Suite(.database) struct StatementTests {
    static let all: [Statement] =
        RouteStateStore.statements + NumberLookup.statements + DecisionStore.statements
        + ApiKeyStore.statements + RuleSetStore.statements + InstanceRecord.statements

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

    private static func tenant(_ database: Database, _ name: String) async throws -> Int32 {
        try await database.query(Statement("", "INSERT INTO hub.tenant (name) VALUES ($1) RETURNING tenant_id"), [name])[0]
            .decode(
                Int32.self)
    }

    @Test func `who waits to be called back is gathered from the callbacks, and no longer when that is done`() async throws {
        let database = try TestDatabase.current.connect()
        let router = try TestDatabase.current.connect(as: "trunkline_router")
        let tenant = try await Self.tenant(database, "callbacks")
        func waiting() async throws -> [String] {
            try await DecisionStore.gatherCallbacks(tenant: tenant, on: router)
            return try await router.query(
                Statement(
                    "", "SELECT number FROM hub.route_number WHERE tenant_id = $1 AND (waits OR open_callback) ORDER BY number"),
                [tenant]
            ).map { try $0[0].decode(String.self) }
        }
        func put(_ id: Int, _ number: String, isOpen: Bool) async throws {
            try await database.withConnection {
                try await $0.run(script: RouterFixtures.callback(tenant, id, number, isOpen: isOpen))
            }
        }
        try await put(1, "+358401111111", isOpen: true)
        try await put(2, "+358402222222", isOpen: false)
        try await put(3, "+358403333333", isOpen: true)
        try await put(4, "no number", isOpen: true)
        #expect(try await waiting() == ["+358401111111", "+358403333333"])
        // What a file says of a number stays when the request is done, and what it says of others is let be.
        try await database.withConnection {
            try await $0.run(
                script: """
                    UPDATE hub.route_number SET segment = 'VIP' WHERE tenant_id = \(tenant) AND number = '+358403333333';
                    INSERT INTO hub.route_number (tenant_id, number, open_callback) VALUES (\(tenant), '+358404444444', true);
                    """)
        }
        try await put(1, "+358401111111", isOpen: false)
        try await put(3, "+358403333333", isOpen: false)
        #expect(try await waiting() == ["+358404444444"])
        let left = try await router.query(
            Statement("", "SELECT number FROM hub.route_number WHERE tenant_id = $1 ORDER BY number"), [tenant])
        #expect(try left.map { try $0[0].decode(String.self) } == ["+358403333333", "+358404444444"])
        // One that is not in Dynamics yet waits as long as Enreach says so, and no longer than it may.
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.callback (tenant_id, callback_id, callback_day, state, list_id, number, requested_at, expires_at, enreach_state, content_hash, activity_id)
                    SELECT \(tenant), gen_random_uuid(), now()::date, 'pending', gen_random_uuid(), number, now(), expires, enreach, 0, gen_random_uuid()
                    FROM (VALUES ('+358405555555', NULL::timestamptz, 'open'), ('+358406666666', now() - interval '1 minute', 'open'),
                        ('+358407777777', NULL, 'closed')) c (number, expires, enreach);
                    """)
        }
        #expect(try await waiting() == ["+358404444444", "+358405555555"])
        let changes = try await router.query(
            Statement("", "SELECT count(DISTINCT version) FROM hub.route_number_change WHERE tenant_id = $1"), [tenant])
        #expect(try changes[0].decode(Int64.self) == 3)
        await router.close()
        await database.close()
    }

    @Test func `numbers of several records are looked at again when one of them was spoken with`() async throws {
        let database = try TestDatabase.current.connect()
        let router = try TestDatabase.current.connect(as: "trunkline_router")
        let tenant = try await Self.tenant(database, "rivals")
        try await database.withConnection {
            try await $0.run(
                script: """
                    \(RouterFixtures.entry(tenant, 1, "contact")) \(RouterFixtures.entry(tenant, 2, "contact"))
                    \(RouterFixtures.number(tenant, 1, "+358401234567")) \(RouterFixtures.number(tenant, 2, "+358401234567"))
                    \(RouterFixtures.number(tenant, 1, "+358409999999"))
                    INSERT INTO hub.call (tenant_id, call_id, call_day, privacy, direction, answered, started_at, talk_seconds, other_number, legs, content_hash,
                        activity_id, regarding_table, regarding_id)
                    SELECT \(tenant), gen_random_uuid(), now()::date, 'work', 'inbound', true, now(), 10, number, '[]', 0, gen_random_uuid(), 'contact',
                        '\(RouterFixtures.id(1))'
                    FROM (VALUES ('+358401234567'), ('+358409999999')) c (number);
                    """)
        }
        try await DecisionStore.gatherRivals(tenant: tenant, since: 5, on: router)
        let changed = try await router.query(
            Statement("", "SELECT number FROM hub.route_number_change WHERE tenant_id = $1"), [tenant])
        #expect(try changed.map { try $0[0].decode(String.self) } == ["+358401234567"])
        await router.close()
        await database.close()
    }

    @Test func `days of decisions older than the retention are dropped, later ones stay`() async throws {
        let fresh = try await TestDatabase.current.fresh()
        let database = fresh.connect()
        let router = fresh.connect(as: "trunkline_router")
        try await database.withConnection { connection in
            for day in [40, 31, 29, 2] {
                try await connection.run(
                    script: """
                        DO $$
                        DECLARE
                            day timestamptz := date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '\(day) days';
                            name text := 'route_decision_' || to_char(day AT TIME ZONE 'UTC', 'YYYY_MM_DD');
                        BEGIN
                            EXECUTE format('CREATE TABLE hub.%I PARTITION OF hub.route_decision FOR VALUES FROM (%L) TO (%L)', name, day, day + interval '1 day');
                            INSERT INTO hub.route_decision (tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, took_us, question, trace)
                            VALUES (1, day + interval '12 hours', 1, gen_random_uuid(), 'a', 'b', false, 'standard', 'no_rule', 1, '{}', '[]');
                        END $$
                        """)
            }
        }
        try await DecisionStore.makePartitions(on: router)
        try await DecisionStore.dropPartitions(keepingDays: 30, on: router)
        let ages = try await database.query(
            Statement("", "SELECT (now()::date - at::date)::integer FROM hub.route_decision ORDER BY at"))
        #expect(try ages.map { try $0[0].decode(Int32.self) } == [29, 2])
        let error = await #expect(throws: PostgresError.self) {
            try await DecisionStore.dropPartitions(keepingDays: 0, on: router)
        }
        #expect(error?.message.contains("less than one day") == true)
        await router.close()
        await database.close()
    }
}
