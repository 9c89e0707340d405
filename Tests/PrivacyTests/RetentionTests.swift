import Foundation
import Postgres
import TestSupport
import Testing

@testable import CallSync
@testable import Tenants

@Suite(.database, .timeLimit(.minutes(5))) struct RetentionTests {
    @Test func `each kind of data goes when its time is over, and not before`() async throws {
        try await PrivacyHub.with { hub in
            for (name, value) in [
                ("WebhookRetention", "10"), ("ActionRetention", "2"), ("AmbiguityRetention", "20"), ("InstanceRetention", "31"),
                ("DeadJobRetention", "5"), ("JobRetention", "2"),
            ] {
                try await hub.execute("SELECT hub.change_setting($1, '\(name)', '\(value)', 'test')", [hub.tenant])
            }
            for days in [1, 9, 11, 40] {
                try await hub.execute(
                    "INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, received_at) VALUES ($1, gen_random_uuid(), 'x', now() - make_interval(days => \(days)))",
                    [hub.tenant])
                try await hub.execute(
                    "INSERT INTO hub.directory_ambiguity VALUES ($1, '+3584000\(days)', 1, 2, now(), now() - make_interval(days => \(days)))",
                    [hub.tenant])
                try await hub.execute(
                    "INSERT INTO hub.instance (instance_id, program, version, host, pid, seen_at) VALUES (gen_random_uuid(), 'x', '1', 'h', 1, now() - make_interval(days => \(days)))"
                )
                try await hub.execute(
                    """
                    INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, payload, died_at)
                    VALUES (nextval('hub.job_seq'), 1, $1, hub.job_queue_id('x'), hub.job_kind_id('x'), 0, 1, 1, '{}', now() - make_interval(days => \(days)))
                    """, [hub.tenant])
            }
            // Two months may be 59 days.
            for days in [10, 55, 70, 400] {
                for tenant in [hub.tenant, nil] {
                    try await hub.execute(
                        "INSERT INTO hub.operator_action (tenant_id, who, action, at) VALUES ($1, 'jane', 'test.old', now() - make_interval(days => \(days)))",
                        [tenant])
                }
            }
            try await hub.execute(
                """
                INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, payload)
                SELECT -d, now(), now() - make_interval(days => d), $1, 1, 1, 0, 1, '{}' FROM unnest('{1,5}'::integer[]) d
                """, [hub.tenant])
            try await hub.run(JobKinds.housekeeping)
            #expect(try await hub.count("SELECT count(*) FROM hub.webhook_event") == 2)
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_ambiguity") == 3)
            #expect(try await hub.count("SELECT count(*) FROM hub.instance WHERE program = 'x'") == 3)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead WHERE tenant_id = \(hub.tenant)") == 1)
            #expect(
                try await hub.count(
                    "SELECT count(*) FROM hub.operator_action WHERE action = 'test.old' AND tenant_id IS NOT NULL") == 2)
            #expect(
                try await hub.count("SELECT count(*) FROM hub.operator_action WHERE action = 'test.old' AND tenant_id IS NULL")
                    == 2)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_done WHERE id < 0") == 1)
        }
    }

    @Test func `the statements fit the schema`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.withConnection { connection in
            for statement in SharedRetention.statements + ErasureItemStore.statements {
                try await connection.run(script: "PREPARE \"\(statement.name)\" AS \(statement.sql)")
            }
        }
        await database.close()
    }
}
