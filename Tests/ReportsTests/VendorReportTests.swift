import Foundation
import Postgres
import Reports
import TestSupport
import Testing

/// Webhooks, routing, the request budget and callbacks.
@Suite(.database) struct VendorReportTests {
    @Test func `webhooks that never came show as lost, while an hour runs and when it was counted`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...10)
            // As if they had come in three hours ago.
            try await hub.run(
                """
                UPDATE hub.call SET first_seen_at = first_seen_at - interval '3 hours';
                INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, subject_id, event_at, received_at, copies)
                SELECT 1, md5('event ' || n)::uuid, 'CallEnded', md5('call ' || n)::uuid, c.first_seen_at - interval '5 seconds',
                    c.first_seen_at - interval '3 seconds', CASE WHEN n = 1 THEN 3 ELSE 1 END
                FROM generate_series(1, 8) n JOIN hub.call c ON c.call_id = md5('call ' || n)::uuid;
                -- About a call that the API never showed.
                INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, subject_id, received_at)
                VALUES (1, md5('other')::uuid, 'CallEnded', md5('nowhere')::uuid, now() - interval '3 hours');
                """)
            let loss = """
                SELECT tenant, event_type, happened, told, lost, repeated, delay_p50_seconds, delay_p95_seconds FROM report.webhook_loss
                """
            let expected = ["acme|CallEnded|10|8|2|2|2|2"]
            #expect(try await hub.view(loss) == expected)
            try await hub.countHistory()
            #expect(try await hub.value("SELECT count(*) FROM hub.webhook_hour", as: Int64.self) == 1)
            #expect(try await hub.view(loss) == expected)
            #expect(try await hub.report("webhooks")[0].decode("lost_percent", as: Double.self) == 20)
        }
    }

    @Test func `decisions of several routers are one hour`() async throws {
        try await ReportHub.with { hub in
            for router in ["a", "b"] {
                try await hub.run(
                    """
                    INSERT INTO hub.route_decision (tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, rule, took_us, question, trace)
                    SELECT 1, date_trunc('hour', now()), n, md5('\(router)')::uuid, '+358401', '+358402', false,
                        CASE WHEN n < 3 THEN 'route' ELSE 'standard' END, CASE WHEN n < 3 THEN 'rule' ELSE 'no_rule' END,
                        CASE WHEN n < 3 THEN 'vip' END, n * 100, '{}', '[]'
                    FROM generate_series(1, 4) n
                    """)
            }
            #expect(
                try await hub.view(
                    "SELECT rule, outcome, reason, calls, average_us, longest_us FROM report.routing_by_hour ORDER BY rule")
                    == ["|standard|no_rule|4|350|400", "vip|route|rule|4|150|200"])
            // The figures stay when the decisions go.
            try await hub.run("TRUNCATE hub.route_decision")
            #expect(try await hub.report("routing").map { try $0.decode("calls", as: Int64.self) } == [4, 4])
        }
    }

    @Test func `the budget shows what is spent, what waits and how often the service refused`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.dataverse_budget (tenant_id, width) VALUES (1, 12);
                INSERT INTO hub.dataverse_spend (tenant_id, server, at, seconds, requests)
                SELECT 1, 's' || n % 2, now() - n % 2 * interval '1 second', 6, 30 FROM generate_series(1, 10) n;
                INSERT INTO hub.dataverse_spend (tenant_id, server, at, seconds, requests) VALUES (1, 's0', now() - interval '9 minutes', 6, 30);
                INSERT INTO hub.dataverse_lease VALUES
                    (1, 'i', 5, 1, 1, '{1,2,3,4}', now() + interval '1 minute'), (1, 'gone', 5, 1, 1, '{9,9,9,9}', now() - interval '1 minute');
                UPDATE hub.dataverse_budget SET cut_at = now();
                UPDATE hub.dataverse_budget SET width = 6, cut_at = now() + interval '1 millisecond';
                UPDATE hub.dataverse_budget SET width = 7;
                """)
            #expect(
                try await hub.view(
                    """
                    SELECT width, in_flight, waiting_live, waiting_backfill, instances, servers, requests_5_min, seconds_5_min,
                        round(requests_share::numeric, 3) AS requests, round(seconds_share::numeric, 3) AS seconds
                    FROM report.dataverse_budget
                    """) == ["7|5|1|4|1|2|300|60|0.025|0.025"])
            #expect(
                try await hub.view("SELECT sum(requests), sum(seconds), sum(refusals) FROM report.dataverse_by_minute") == [
                    "330|66|2"
                ])
            #expect(try await hub.report("budget")[0].decode("requests_percent", as: Double.self) == 2.5)
        }
    }

    @Test func `callbacks are measured against the time they were due`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.callback (tenant_id, callback_id, callback_day, state, reason, list_id, list_name, requested_at, due_at, enreach_state,
                                          content_hash, first_seen_at, activity_id, record_state, written_at, closed_at, ignored_for)
                SELECT 1, md5('callback ' || n)::uuid, (now() AT TIME ZONE 'UTC')::date, CASE WHEN n = 10 THEN 'ignored' ELSE 'written' END,
                    CASE WHEN n = 10 THEN 'same_number' END, md5('list')::uuid, 'Support', at, CASE WHEN n > 2 THEN at + interval '5 seconds' END, 'open',
                    n, at + interval '1 second', md5('activity ' || n)::uuid,
                    CASE WHEN n = 10 THEN NULL WHEN n % 3 = 0 THEN 'open' ELSE 'completed' END, CASE WHEN n < 10 THEN at + n * interval '1 second' END,
                    CASE WHEN n % 3 = 1 THEN at + interval '1 minute' END, CASE WHEN n = 10 THEN md5('callback 1')::uuid END
                FROM generate_series(1, 10) n, (SELECT now() - interval '1 minute') AS asked (at);
                INSERT INTO hub.callback_intake VALUES (1, (now() AT TIME ZONE 'UTC')::date, 10);
                """)
            #expect(
                try await hub.view(
                    """
                    SELECT list, requests, written, with_due_time, written_in_time, open, overdue, ended, record_p50_seconds, hub_p95_seconds,
                        closed_p50_seconds
                    FROM report.callback_service_levels
                    """) == ["Support|10|9|7|3|3|3|6|5|7.6|60"])
            #expect(try await hub.report("callbacks")[0].decode("in_time_percent", as: Double.self) == 42.9)
            #expect(try await hub.report("overdue-callbacks").count == 3)
            #expect(try await hub.report("callback-balance")[0].decode("difference", as: Int64.self) == 0)
        }
    }
}
