import Foundation
import Postgres
import Reports
import TestSupport
import Testing

/// Jobs by the minute and by the hour.
@Suite(.database) struct JobReportTests {
    /// Ten jobs of the tenant and one of the hub's own, that ended so many minutes ago: waits of 10 to 100 ms, runs of 1 to 10.
    private func addFinishedJobs(_ hub: ReportHub, minutesAgo minutes: Int) async throws {
        try await hub.run(
            """
            INSERT INTO hub.job_done (id, enqueued_at, claimed_at, finished_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts,
                                      outcome, error, payload)
            SELECT \(minutes) * 100 + n, at - n * 10 * interval '1 ms', at, at + n * interval '1 ms', 1, 1, n, hub.job_queue_id('q'),
                hub.job_kind_id('test.count'), 0, 1 + (n = 10)::integer, 'done',
                CASE WHEN n = 10 THEN '{"code": "timeout", "message": "no answer within 31 s"}'::jsonb END, '{}'
            FROM generate_series(1, 10) n, (SELECT now() - \(minutes) * interval '1 minute') AS ended (at);
            INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, outcome, error, payload)
            SELECT \(minutes) * 100 + 11 + n, at, at, n, hub.job_queue_id('q'), hub.job_kind_id('test.count'), 0, 0,
                (ARRAY['cancelled', 'superseded'])[n + 1], '{"code": "timeout", "message": "no answer within 7 s"}', '{}'
            FROM generate_series(0, 1) n, (SELECT now() - \(minutes) * interval '1 minute') AS ended (at);
            """)
    }

    @Test func `throughput and percentiles are the same while an hour runs and when it was counted`() async throws {
        try await ReportHub.with { hub in
            // History begins where the oldest job is.
            try await hub.run(
                "UPDATE hub.history_mark SET counted_until = date_trunc('hour', now()) - interval '10 hours' WHERE name = 'jobs'")
            try await addFinishedJobs(hub, minutesAgo: 300)
            try await addFinishedJobs(hub, minutesAgo: 0)
            let view = """
                SELECT tenant, done, cancelled, superseded, attempts, wait_average_ms, wait_p50_ms, wait_p95_ms, run_p50_ms, run_p99_ms
                FROM report.job_throughput ORDER BY hour, tenant
                """
            let hour = ["|0|1|0|0|-|-|-|-|-", "acme|10|0|1|11|55|50|100|5|10"]
            #expect(try await hub.view(view) == hour + hour)
            #expect(try await hub.value("SELECT count(*) FROM hub.job_hour", as: Int64.self) == 0)

            try await hub.countHistory()
            #expect(try await hub.value("SELECT count(*) FROM hub.job_hour", as: Int64.self) >= 2)
            #expect(try await hub.view(view) == hour + hour)
            #expect(try await hub.report("jobs", since: .span(#require(Span("3 hours")))).count == 2)

            // History outlives the jobs it was counted from.
            try await hub.run("DELETE FROM hub.job_done")
            #expect(try await hub.view(view).prefix(2) == hour.prefix(2))
        }
    }

    @Test func `errors are grouped by what went wrong, with what became of the jobs`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                "UPDATE hub.history_mark SET counted_until = date_trunc('hour', now()) - interval '10 hours' WHERE name = 'jobs'")
            try await addFinishedJobs(hub, minutesAgo: 300)
            try await hub.run(
                """
                INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, error, payload, died_at)
                SELECT n, n, 1, hub.job_queue_id('q'), hub.job_kind_id('test.count'), 0, 3,
                    jsonb_build_object('code', 'timeout', 'message', 'no answer within ' || n || ' s'), '{}', now() - interval '5 hours'
                FROM generate_series(90001, 90003) n
                """)
            let groups = """
                SELECT tenant, code, error, sum(recovered) AS recovered, sum(cancelled) AS cancelled, sum(dead) AS dead, max(newest_job) AS newest
                FROM report.error_history GROUP BY 1, 2, 3 ORDER BY 1
                """
            let expected = ["|timeout|no answer within … s|0|1|0|30011", "acme|timeout|no answer within … s|1|0|3|90003"]
            #expect(try await hub.view(groups) == expected)
            try await hub.countHistory()
            #expect(try await hub.view(groups) == expected)
            #expect(try await hub.view("SELECT jobs, error FROM report.failures") == ["3|no answer within … s"])
        }
    }

    @Test func `what workers did is added up by minute and by hour`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.job_stat (minute, queue_id, kind_id, worker_id, done, retried, dead, wait_buckets, run_buckets)
                SELECT date_trunc('hour', now()) - interval '3 hours' + m * interval '10 minutes', hub.job_queue_id('q'), hub.job_kind_id('test.count'),
                    w, 10, 1, 0, '{0,0,9,0,0,0,0,0,1,0,0,0}', '{10,0,0,0,0,0,0,0,0,0,0,0}'
                FROM generate_series(0, 1) m, generate_series(1, 2) w
                """)
            #expect(
                try await hub.view(
                    "SELECT done, retried, wait_p50_ms, wait_p95_ms, run_p99_ms FROM report.queue_history ORDER BY minute")
                    == ["20|2|10|10000|1", "20|2|10|10000|1"])
            #expect(
                try await hub.view("SELECT done, retried, wait_p50_ms, wait_p95_ms, run_p99_ms FROM report.queue_history_by_hour")
                    == ["40|4|10|10000|1"])
            #expect(try await hub.report("queue-hours", since: .span(#require(Span("4 hours")))).count == 1)
            #expect(try await hub.report("queue-hours", since: .span(#require(Span("1 hour")))).count == 0)
        }
    }

    @Test func `the backlog is kept as it was counted`() async throws {
        try await ReportHub.with { hub in
            try await hub.run("SELECT hub.job_add('test.wait', 1), hub.job_add('test.wait', 1); SELECT hub.job_count()")
            try await hub.run("DELETE FROM hub.job_ready; SELECT hub.job_count()")
            #expect(try await hub.view("SELECT kind, state, jobs FROM report.backlog_history") == ["test.wait|ready|2"])
            #expect(try await hub.view("SELECT count(*) FROM report.queue_state") == ["0"])
            #expect(try await hub.report("backlog").map { try $0.decode("most_jobs", as: Int64.self) } == [2])
        }
    }

    @Test func `pauses and workers are shown`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                SELECT hub.job_hold('test.wait', 1, 'mailbox full', 'jane'), hub.job_hold(NULL, NULL, 'move', 'joe');
                SELECT hub.job_enter('call-sync', 'host', 7, hub.job_queue_id('q'), 4, '15 s');
                """)
            #expect(
                try await hub.view("SELECT kind, tenant, reason, paused_by FROM report.pauses ORDER BY paused_by")
                    == ["test.wait|acme|mailbox full|jane", "-|-|move|joe"])
            #expect(
                try await hub.view("SELECT queue, host, pid, slots, jobs, draining FROM report.workers") == ["q|host|7|4|0|false"]
            )
        }
    }
}
