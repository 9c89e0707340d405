import FoundationEssentials
import Logging
import Metrics
import Postgres
import TestSupport
import Testing

@testable import Runtime
@testable import Tenants

/// The figures of the whole hub, read by the programs' own roles.
@Suite(.database, .timeLimit(.minutes(10))) struct HubFigureTests {
    private let registry = PrometheusRegistry()

    /// What is shown once each of the figures has been read, under a program's role.
    private func shown(
        as role: String, _ database: TestDatabase, _ add: (HubFigures) -> Void
    ) async throws -> String {
        let pool = database.connect(as: role)
        let figures = ScrapedFigures(database: pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        add(HubFigures(figures))
        try await withMetricsFactory(registry) { try await figures.readAll() }
        await pool.close()
        return registry.text()
    }

    private func seeded() async throws -> (TestDatabase, Database) {
        let database = try await TestDatabase.current.fresh()
        let owner = database.connect()
        for statement in [
            "INSERT INTO hub.tenant (name) VALUES ('north'), ('off')", "UPDATE hub.tenant SET enabled = false WHERE name = 'off'",
            """
            INSERT INTO hub.call_intake (tenant_id, call_day, seen)
            SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date - 1, 3 FROM hub.tenant
            """,
            """
            INSERT INTO hub.watermark (tenant_id, source, modified_until)
            SELECT tenant_id, 'calls', now() - interval '90 seconds' FROM hub.tenant
            """,
            """
            INSERT INTO hub.directory_load (tenant_id, entry_table, phase, tracked_at)
            SELECT tenant_id, 'contact', 'tracking', now() - interval '50 seconds' FROM hub.tenant
            """,
            "SELECT hub.job_add('call.write', 1, key => 'a')", "SELECT hub.job_add('call.write', 1, key => 'a')",
            "SELECT hub.job_hold('call.relate', NULL, 'a test', 'a test')", "SELECT hub.job_count()",
        ] { _ = try await owner.query(Statement("", statement)) }
        return (database, owner)
    }

    @Test func `call-sync shows the queue, how far it read, and what is missing`() async throws {
        let (database, owner) = try await seeded()
        let text = try await shown(as: "trunkline_call_sync", database) { figures in
            figures.addJobs()
            figures.addCalls()
        }
        let place = "kind=\"call.write\",lane=\"live\",queue=\"default\""
        #expect(text.contains("trunkline_queue_jobs{\(place),state=\"ready\"} 1\n"))
        #expect(text.contains("trunkline_queue_jobs{\(place),state=\"waiting\"} 1\n"))
        #expect(text.contains("trunkline_queue_pauses 1\n"))
        #expect(text.contains("trunkline_balance_difference{days_ago=\"1\",of=\"calls\",tenant=\"north\"} 3\n"))
        #expect(text.contains("trunkline_balance_difference{days_ago=\"0\",of=\"calls\",tenant=\"north\"} 0\n"))
        let lag = try #require(text.firstMatch(of: /trunkline_watermark_lag_seconds\{source="calls",tenant="north"\} (\d+)/))
        #expect((90..<200).contains(Int(lag.1) ?? 0))
        #expect(!text.contains("tenant=\"off\""), "a tenant that is switched off alarms nobody")
        for table in ["job_done", "timeline", "route_decision"] {
            #expect(text.contains("trunkline_partitions_ahead_seconds{table=\"\(table)\"}"), "\(table)")
        }
        await owner.close()
    }

    @Test func `what is gone from the queue falls to nothing`() async throws {
        let (database, owner) = try await seeded()
        let pool = database.connect(as: "trunkline_call_sync")
        let figures = ScrapedFigures(database: pool, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        HubFigures(figures).addJobs()
        let waiting = "trunkline_queue_jobs{kind=\"call.write\",lane=\"live\",queue=\"default\",state=\"waiting\"}"
        try await withMetricsFactory(registry) {
            try await figures.readAll()
            #expect(registry.text().contains("\(waiting) 1\n"))
            for statement in ["DELETE FROM hub.job_wait", "SELECT hub.job_count()"] {
                _ = try await owner.query(Statement("", statement))
            }
            try await figures.readAll()
            #expect(registry.text().contains("\(waiting) 0\n"))
        }
        await pool.close()
        await owner.close()
    }

    @Test func `user-sync shows the directory's age, callback-sync its balance`() async throws {
        let (database, owner) = try await seeded()
        let directory = try await shown(as: "trunkline_user_sync", database) { figures in
            figures.addJobs()
            figures.addDirectory()
        }
        let age = try #require(
            directory.firstMatch(of: /trunkline_directory_age_seconds\{table="contact",tenant="north"\} (\d+)/))
        #expect((50..<160).contains(Int(age.1) ?? 0))
        let callbacks = try await shown(as: "trunkline_callback_sync", database) { figures in
            figures.addJobs()
            figures.addCallbacks()
        }
        #expect(callbacks.contains("trunkline_balance_difference{days_ago=\"2\",of=\"callbacks\",tenant=\"north\"} 0\n"))
        await owner.close()
    }
}
