import Postgres
import TestSupport
import Testing

/// Events of webhooks are kept for a week; that they ceased is to be told for longer.
@Suite(.databaseEach) struct WebhookLossTests {
    @Test(arguments: [(10, 1), (40, 0)]) func `webhooks of calls that ceased days ago are missed for a month`(
        daysAgo: Int, counted: Int64
    ) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.tenant (name, region) VALUES ('acme', 'FI');
                    INSERT INTO hub.webhook_hour (tenant_id, event_type, hour, happened, told, repeated)
                    SELECT tenant_id, 'CallEnded', date_trunc('hour', now()) - interval '\(daysAgo) days', 9, 9, 0 FROM hub.tenant;
                    \(Self.call)
                    """)
        }
        #expect(try await missed(database) == counted)
        await database.close()
    }

    @Test(arguments: [("UserCallbackChanged", 0), ("CallbackListItemClosed", 0), ("ServiceCallEnded", 1)])
    func `webhooks of callback requests say nothing of calls`(event: String, counted: Int64) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.tenant (name, region) VALUES ('acme', 'FI');
                    INSERT INTO hub.webhook_event (tenant_id, event_id, event_type)
                    SELECT tenant_id, gen_random_uuid(), '\(event)' FROM hub.tenant;
                    \(Self.call)
                    """)
        }
        #expect(try await missed(database) == counted)
        await database.close()
    }

    private static let call = """
        INSERT INTO hub.call (tenant_id, call_id, call_day, privacy, direction, answered, started_at, talk_seconds, legs,
                              content_hash, activity_id)
        SELECT tenant_id, gen_random_uuid(), current_date, 'work', 'inbound', true, now(), 5, '[]', 1, gen_random_uuid()
        FROM hub.tenant;
        """

    /// Hours in which a call was lost.
    private func missed(_ database: Database) async throws -> Int64 {
        let missed = Statement(
            "",
            """
            SELECT count(*) FROM hub.webhook_hours(now() - interval '1 hour', now() + interval '1 minute')
            WHERE event_type = 'CallEnded' AND happened = 1 AND told = 0
            """)
        return try await database.query(missed)[0].decode(Int64.self)
    }
}
