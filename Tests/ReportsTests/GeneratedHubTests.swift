import Foundation
import Plans
import Postgres
import Reports
import TestSupport
import Testing

/// Reports on generated data: what they say is what a plain count of the rows says, and how they come to it is fit for large tables.
///
/// One test after the other: the server's counters tell a report's scans from nobody else's.
@Suite(.database, .serialized) struct GeneratedHubTests {
    /// What a report's view says, and the same counted from the rows.
    struct Sum: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var view: String
        var rows: String

        init(_ name: String, _ view: String, _ rows: String) { (testDescription, self.view, self.rows) = (name, view, rows) }
    }

    static let sums: [Sum] = [
        Sum("calls seen", "SELECT sum(seen) FROM report.daily_balance", "SELECT count(*) FROM hub.call"),
        Sum("no difference", "SELECT count(*) FILTER (WHERE difference <> 0) FROM report.daily_balance", "SELECT 0"),
        Sum(
            "skipped by reason", "SELECT sum((skipped_by_reason ->> 'missed')::bigint) FROM report.daily_balance",
            "SELECT count(*) FROM hub.call WHERE state = 'skipped' AND reason = 'missed'"),
        Sum(
            "linked calls", "SELECT sum(calls) FROM report.matching_by_day WHERE outcome = 'linked'",
            "SELECT count(*) FROM hub.call WHERE regarding_id IS NOT NULL AND state IN ('written', 'adopted')"),
        Sum(
            "unmatched calls", "SELECT count(*) FROM report.unmatched_calls",
            "SELECT count(*) FROM hub.call WHERE match_rule = 'unknown' AND other_number IS NOT NULL"),
        Sum(
            "unmatched calls by rule", "SELECT sum(calls) FROM report.matching_by_day WHERE match_rule = 'unknown'",
            "SELECT count(*) FROM report.unmatched_calls"),
        Sum(
            "jobs done", "SELECT sum(done) FROM report.job_throughput", "SELECT count(*) FROM hub.job_done WHERE outcome = 'done'"
        ),
        Sum(
            "jobs of a tenant", "SELECT sum(done) FROM report.job_throughput WHERE tenant = 'borealis' AND kind = 'call.write'",
            """
            SELECT count(*) FROM hub.job_done JOIN hub.job_kind USING (kind_id) JOIN hub.tenant t USING (tenant_id)
            WHERE outcome = 'done' AND job_kind.name = 'call.write' AND t.name = 'borealis'
            """),
        Sum(
            "the slowest per cent",
            "SELECT round(max(wait_p99_ms)) FROM report.job_throughput WHERE tenant = 'aurora' AND kind = 'call.write'",
            """
            SELECT round(max(p99)) FROM (
                SELECT (percentile_disc(0.99) WITHIN GROUP (ORDER BY claimed_at - enqueued_at)) AS waited,
                    extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY claimed_at - enqueued_at)) * 1000 AS p99
                FROM hub.job_done JOIN hub.job_kind USING (kind_id) JOIN hub.tenant t USING (tenant_id)
                WHERE outcome = 'done' AND job_kind.name = 'call.write' AND t.name = 'aurora' GROUP BY date_trunc('hour', finished_at)
            ) AS hours
            """),
        Sum(
            "errors that were overcome", "SELECT sum(recovered) FROM report.error_history WHERE code = 'timeout'",
            "SELECT count(*) FROM hub.job_done WHERE outcome = 'done' AND error ->> 'code' = 'timeout'"),
        Sum(
            "dead jobs by error", "SELECT sum(jobs) FROM report.failures WHERE code = '0x80040265'",
            "SELECT count(*) FROM hub.job_dead WHERE error ->> 'code' = '0x80040265'"),
        Sum(
            "jobs by the minute", "SELECT sum(done) FROM report.queue_history",
            "SELECT count(*) FROM hub.job_done WHERE worker_id IS NOT NULL"),
        Sum(
            "jobs by the hour", "SELECT sum(done) FROM report.queue_history_by_hour",
            "SELECT count(*) FROM hub.job_done WHERE worker_id IS NOT NULL"),
        Sum(
            "jobs that wait", "SELECT sum(jobs) FROM report.queue_state WHERE state = 'ready'",
            "SELECT count(*) FROM hub.job_ready"),
        Sum("decisions", "SELECT sum(calls) FROM report.routing_by_hour", "SELECT count(*) FROM hub.route_decision"),
        Sum(
            "decisions of a rule", "SELECT sum(calls) FROM report.routing_by_hour WHERE rule = 'rule 1'",
            "SELECT count(*) FROM hub.route_decision WHERE rule = 'rule 1'"),
        Sum("callbacks", "SELECT sum(requests) FROM report.callback_service_levels", "SELECT count(*) FROM hub.callback"),
        Sum("callbacks that are missing", "SELECT sum(abs(difference)) FROM report.callback_balance", "SELECT 0"),
        Sum(
            "calls that webhooks should have told",
            "SELECT sum(happened) FROM report.webhook_loss WHERE event_type = 'CallEnded'",
            """
            SELECT count(*) FROM hub.call WHERE first_seen_at >= date_trunc('hour', now()) - interval '7 days' + interval '1 hour'
            AND first_seen_at < now() - interval '2 minutes'
            """),
        Sum(
            "requests to Dynamics",
            "SELECT sum(requests) FROM report.dataverse_by_minute WHERE minute > now() - interval '8 minutes'",
            "SELECT sum(requests) FROM hub.dataverse_spend WHERE date_trunc('minute', at) > now() - interval '8 minutes'"),
        Sum(
            "people without a match", "SELECT count(*) FROM report.people_without_match",
            "SELECT (SELECT count(*) FROM hub.person WHERE match_state <> 'matched') + (SELECT count(*) FROM hub.enreach_user WHERE match_state <> 'matched')"
        ),
    ]

    @Test(arguments: sums) func `a view says what the rows say`(sum: Sum) async throws {
        try await GeneratedSample.read { all, _ in
            // One statement, so one moment.
            let row = try await all.query(
                Statement("", "SELECT coalesce((\(sum.view)), -1)::double precision, (\(sum.rows))::double precision"))[0]
            let (view, rows) = try row.decode(Double.self, Double.self)
            #expect(view == rows)
        }
    }

    @Test(arguments: Report.all) func `a report reads tables that grow as it does on a hub of full size`(report: Report)
        async throws
    {
        let recorded = try GeneratedSample.recorded
        let plan = try await GeneratedSample.plan(of: report)
        let reads = recorded.compared(plan.shape).reads.map(\.description)
        #expect(reads == (try recorded.reads(of: report.name)), "\(plan.plans.joined(separator: "\n\n"))")
    }

    @Test func `a lost index shows`() async throws {
        let report = try #require(Report.named("matching"))
        try await GeneratedSample.read { all, _ in
            let recorded = try GeneratedSample.recorded
            try await all.execute(Statement("", "DROP INDEX hub.call_tally_by_day"))
            let reads = recorded.compared(try await GeneratedSample.plan(of: report).shape).reads.map(\.description)
            try await all.execute(Statement("", "CREATE INDEX call_tally_by_day ON hub.call_tally (call_day, tenant_id)"))
            try await recorded.pretend(on: all)
            // Making the index has read the table: the next test is not to take that for a report's doing.
            try await all.execute(Statement("", "SELECT pg_stat_force_next_flush()"))
            #expect(reads == ["call_tally from end to end"])
            #expect(try recorded.reads(of: report.name) == ["call_tally on call_day"])
        }
    }

    /// By the server's counters, which miss nothing that functions do inside.
    @Test(arguments: Report.all) func `no report reads a table that grows from end to end`(report: Report) async throws {
        try await GeneratedSample.read { all, reports in
            let before = try await scans(of: all, after: reports)
            _ = try await report.run(on: reports)
            let after = try await scans(of: all, after: reports)
            #expect(after.filter { $0.value != before[$0.key] } == [:])
        }
    }

    /// How often each of them was read from end to end so far, the session's own scans included. Of `hub.job_dead`, which operators keep
    /// short, all is read.
    private func scans(of all: Database, after session: Database) async throws -> [String: Int64] {
        _ = try await session.query(Statement("", "SELECT pg_stat_force_next_flush()"))
        _ = try await session.query(Statement("", "SELECT 1"))
        let rows = try await all.query(
            Statement(
                "",
                """
                SELECT s.relname::text, s.seq_scan FROM pg_stat_user_tables s
                JOIN pg_class root ON root.oid = coalesce(pg_partition_root(s.relid)::oid, s.relid)
                WHERE s.schemaname = 'hub' AND root.relname = ANY ($1)
                """), [RecordedPlans.growing.subtracting(["job_dead"]).sorted()])
        return Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(String.self, Int64.self) })
    }
}
