import Foundation
import Model
import Postgres
import Reports
import TestSupport
import Testing

/// Space, partitions, retention, instances.
@Suite(.database) struct SpaceReportTests {
    /// Bytes of a table or index, and the share of them that is spare.
    private func bloat(_ hub: ReportHub, index: String? = nil) async throws -> (bytes: Int64, share: Double) {
        try await hub.run("ANALYZE hub.operator_action")
        let filter = index.map { "index_name = '\($0)'" } ?? "table_name = 'operator_action' AND index_name IS NULL"
        let bytes = try await hub.value("SELECT bytes FROM report.bloat WHERE \(filter)", as: Int64.self)
        return (bytes, try await hub.value("SELECT spare_share FROM report.bloat WHERE \(filter)", as: Double.self))
    }

    @Test func `deleted rows show as spare space, of the table and of its indexes`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.operator_action (tenant_id, at, who, action, target, detail)
                SELECT 1, now() - n * interval '1 second', 'jane', 'test.bloat', CASE WHEN n % 2 = 0 THEN n::text END, jsonb_build_object('n', n)
                FROM generate_series(1, 40000) n
                """)
            let (full, fullIndex) = (try await bloat(hub), try await bloat(hub, index: "operator_action_pkey"))
            #expect(full.share < 0.08)
            #expect(fullIndex.share < 0.1)

            try await hub.run("DELETE FROM hub.operator_action WHERE action_id % 4 <> 0")
            _ = try await hub.database.execute(Statement("", "VACUUM hub.operator_action"))
            let (sparse, sparseIndex) = (try await bloat(hub), try await bloat(hub, index: "operator_action_pkey"))
            #expect(sparse.bytes == full.bytes)
            #expect((0.68...0.82).contains(sparse.share), "\(sparse.share)")
            #expect((0.65...0.82).contains(sparseIndex.share), "\(sparseIndex.share)")
        }
    }

    @Test func `an index of equal entries is reckoned as the server stores it`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...20000)
            try await hub.run("REINDEX TABLE hub.call; ANALYZE hub.call")
            for index in ["call_by_start", "call_by_activity", "call_pkey"] {
                let share = try await hub.value(
                    "SELECT spare_share FROM report.bloat WHERE index_name = '\(index)'", as: Double.self)
                let off = try await hub.value(
                    "SELECT needed_bytes::double precision / bytes FROM report.bloat WHERE index_name = '\(index)'",
                    as: Double.self)
                #expect(share < 0.15 && off < 1.15, "\(index): \(share), \(off)")
            }
        }
    }

    @Test func `partitions tell their bounds, and tables their whole size`() async throws {
        try await ReportHub.with { hub in
            #expect(
                try await hub.view(
                    """
                    SELECT from_at = date_trunc('day', now(), 'UTC') AS today, to_at - from_at AS length FROM report.partitions
                    WHERE table_name = 'job_done' AND now() >= from_at AND now() < to_at
                    """) == ["true|1 day"])
            #expect(try await hub.view("SELECT partition FROM report.partitions WHERE is_default") == ["job_done_default"])
            try await hub.run(
                "INSERT INTO hub.job_done (id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, payload) VALUES (1, now(), 1, 1, 1, 0, 1, '{}'); ANALYZE hub.job_done"
            )
            let jobs = try await hub.view(
                "SELECT partitions >= 9, row_estimate, total_bytes = bytes + index_bytes + other_bytes AS whole FROM report.tables WHERE table_name = 'job_done'"
            )
            #expect(jobs == ["true|1|true"])
        }
    }

    @Test func `retention goes by the settings in force, and their defaults are the programs'`() async throws {
        try await ReportHub.with { hub in
            let standard = Settings()
            let months = { (count: Int) in Double(count / 12) * 365.25 + Double(count % 12) * 30 }
            let expected: [(String, Double?)] = [
                ("ambiguous numbers", Double(standard.ambiguityRetention)), ("callbacks", months(standard.callbackRetention)),
                ("calls", months(standard.callRetention)),
                ("dead jobs", standard.deadJobRetention == 0 ? nil : Double(standard.deadJobRetention)),
                ("finished jobs", Double(standard.jobRetention)), ("operators' actions", months(standard.actionRetention)),
                ("timeline", months(standard.timelineRetention)), ("webhooks", Double(standard.webhookRetention)),
            ]
            for (data, days) in expected {
                #expect(
                    try await hub.value("SELECT kept_days FROM report.retention WHERE data = \(quoted(data))", as: Double?.self)
                        == days, "\(data)")
            }
            try await hub.run(
                """
                INSERT INTO hub.tenant (name) VALUES ('other');
                SELECT hub.change_setting(1, 'CallRetention', '2', 'test'), hub.change_setting(2, 'JobRetention', '90', 'test');
                INSERT INTO hub.call_intake (tenant_id, call_day, seen) VALUES (1, current_date - 200, 1);
                """)
            #expect(
                try await hub.view("SELECT tenant, kept_days, is_late FROM report.retention WHERE data = 'calls' ORDER BY tenant")
                    == ["acme|60|true", "other|760.5|-"])
            #expect(try await hub.view("SELECT kept_days FROM report.retention WHERE data = 'finished jobs'") == ["90"])
        }
    }

    private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    @Test func `instances are running, stopped or lost, and say what is not well`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.instance (instance_id, program, version, host, pid, seen_at, stopped_at, state) VALUES
                    (md5('a')::uuid, 'a', '1', 'h', 1, now(), NULL, '{"database": {"state": "ready"}, "acme": {"state": "degraded", "text": "no sign-in"}}'),
                    (md5('b')::uuid, 'b', '1', 'h', 2, now() - interval '3 minutes', NULL, '{"database": {"state": "ready"}}'),
                    (md5('c')::uuid, 'c', '1', 'h', 3, now() - interval '3 minutes', now() - interval '3 minutes', '{"x": {"state": "unready"}}');
                """)
            #expect(
                try await hub.view("SELECT program, state, troubles FROM report.instances ORDER BY program")
                    == ["a|running|acme: no sign-in", "b|lost|-", "c|stopped|-"])
            #expect(try await hub.report("instances").count == 3)
        }
    }
}
