import Foundation
import Postgres
import TestSupport
import Testing

/// What was done in each hour, from the rows that each instance keeps for itself.
@Suite(.database) struct ThroughputTests {
    /// A row of one instance; steps of the latency by their place, from 1.
    private func add(
        _ hub: ReportHub, hoursAgo: Int, instance: Int, _ figures: [Int], steps: [Int: Int] = [:]
    ) async throws {
        let latency = (1...16).map { "\(steps[$0] ?? 0)" }.joined(separator: ",")
        try await hub.run(
            """
            INSERT INTO hub.call_hour (tenant_id, hour, instance_id, written, adopted, updated, withdrawn, skipped, dead, latency)
            VALUES (1, date_trunc('hour', now()) - \(hoursAgo) * interval '1 hour', md5('instance \(instance)')::uuid,
                    \(figures.map { "\($0)" }.joined(separator: ", ")), '{\(latency)}')
            """)
    }

    @Test func `an hour is the sum of its instances, and a percentile the end of its step`() async throws {
        try await ReportHub.with { hub in
            // Together 100 live calls: 50 within half a second, 45 more within 5 s, 4 within a minute, 1 within a day.
            try await add(hub, hoursAgo: 2, instance: 1, [60, 5, 4, 3, 2, 1], steps: [1: 50, 5: 10])
            try await add(hub, hoursAgo: 2, instance: 2, [40, 10, 6, 0, 8, 0], steps: [5: 35, 9: 4, 15: 1])
            // Without live calls there is no latency; beyond a day there is no end.
            try await add(hub, hoursAgo: 1, instance: 1, [0, 0, 0, 0, 7, 0])
            try await add(hub, hoursAgo: 0, instance: 1, [2, 0, 0, 0, 0, 0], steps: [2: 1, 16: 1])
            let rows = try await hub.view(
                """
                SELECT tenant, written, adopted, updated, withdrawn, skipped, dead, latency_p50_seconds AS p50, latency_p95_seconds AS p95,
                       latency_p99_seconds AS p99
                FROM report.throughput_by_hour ORDER BY hour
                """)
            #expect(
                rows == [
                    "acme|100|15|10|3|10|1|0.5|5|60", "acme|0|0|0|0|7|0|-|-|-", "acme|2|0|0|0|0|0|1|Infinity|Infinity",
                ])
            let steps = try await hub.view("SELECT latency_steps FROM report.throughput_by_hour ORDER BY hour LIMIT 1")
            #expect(steps == ["[50,0,0,0,45,0,0,0,4,0,0,0,0,0,1,0]"])
        }
    }
}
