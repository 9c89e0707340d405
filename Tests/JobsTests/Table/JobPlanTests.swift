import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// The hot functions use their indexes on an empty table, a short queue and a long one, with and without statistics.
///
/// What a function does inside is told by the server's counters: no sequential scan of a table that can be long.
@Suite(.database) struct JobPlanTests {
    @Test(arguments: [0, 1_000, 1_000_000] as [Int32])
    func noSequentialScan(jobs: Int32) async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 1)
        let table = JobTable(database)
        // Statistics come when the test says so.
        try await table.script("ALTER TABLE hub.job_ready SET (autovacuum_enabled = off)")
        try await table.script("ALTER TABLE hub.job_later SET (autovacuum_enabled = off)")
        try await table.script(
            """
            INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, n, n % 50, hub.job_queue_id('default'), hub.job_kind_id('a'), n % 4, 20, '{}'
            FROM (SELECT nextval('hub.job_seq') AS n FROM generate_series(1, $1)) AS s
            """, [jobs])
        try await table.script(
            """
            INSERT INTO hub.job_later (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, run_at, reason, has_key)
            SELECT n, n, n % 50, hub.job_queue_id('default'), hub.job_kind_id('a'), n % 4, 20, '{}', now() + n * interval '1 s' - interval '10 s', 'retry', false
            FROM (SELECT nextval('hub.job_seq') AS n FROM generate_series(1, $1)) AS s
            """, [jobs])
        try await expectNoSequentialScan(table, jobs: jobs)
        try await table.script("ANALYZE hub.job_ready, hub.job_later, hub.job_lease, hub.job_key, hub.job_wait")
        try await expectNoSequentialScan(table, jobs: jobs)
        await database.close()
    }

    /// Claims, finishes and promotes.
    private func expectNoSequentialScan(_ table: JobTable, jobs: Int32) async throws {
        let worker = try await table.enter()
        for key in ["x", "y"] { try await table.add(key: key) }
        // Counters of this session's earlier work must be in before they are read.
        try await table.script("SELECT pg_stat_force_next_flush()")
        try await table.script("SELECT 1")
        let before = try await scans(table)
        let claims = try await table.claim(worker, 100, each: 5)
        #expect(claims.count >= min(2, Int(jobs)))
        try await table.complete(worker, Array(claims.prefix(50)))
        try await table.fail(worker, Array(claims.dropFirst(50)), "retry")
        try await table.script("SELECT hub.job_promote()")
        try await table.script("SELECT pg_stat_force_next_flush()")
        try await table.script("SELECT 1")
        let after = try await scans(table)
        for name in ["job_ready", "job_lease", "job_later", "job_wait", "job_key", "job_done"] {
            #expect(after[name] == before[name], "sequential scan of \(name)")
        }
    }

    private func scans(_ table: JobTable) async throws -> [String: Int64] {
        let rows = try await table.run("SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE schemaname = 'hub'", [])
        return Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(String.self, Int64.self) })
    }

    @Test func aClaimAboveTheMarkDoesNotWalkTheDeadRowsBelow() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let worker = try await table.enter()
        try await table.script(
            """
            INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, n, 1, hub.job_queue_id('default'), hub.job_kind_id('a'), 0, 20, '{}'
            FROM (SELECT nextval('hub.job_seq') AS n FROM generate_series(1, 20000)) AS s
            """)
        try await database.withTransaction(TransactionOptions(isolation: .repeatableRead)) { snapshot in
            // An old snapshot: what is deleted from here on can't be cleaned up.
            _ = try await snapshot.query(Statement("", "SELECT count(*) FROM hub.tenant"))
            try await table.script("DELETE FROM hub.job_ready WHERE seq <= 19000")
            func pages(above low: Int64) async throws -> Int {
                let plan = try await table.value(
                    """
                    EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT id FROM hub.job_claim($1, hub.job_queue_id('default'), 1, '{0}', '{1}', ARRAY[\(low)]::bigint[], '{1}')
                    """.replacingOccurrences(of: "$1", with: "\(worker)"), as: JSONB.self)
                struct Explained: Decodable {
                    struct Node: Decodable {
                        var hits: Int
                        var reads: Int
                        enum CodingKeys: String, CodingKey {
                            case hits = "Shared Hit Blocks"
                            case reads = "Shared Read Blocks"
                        }
                    }
                    var plan: Node
                    enum CodingKeys: String, CodingKey { case plan = "Plan" }
                }
                let node = try plan.decode([Explained].self)[0].plan
                return node.hits + node.reads
            }
            _ = try await pages(above: 19_000)
            let above = try await pages(above: 19_100)
            let head = try await pages(above: 0)
            #expect(above * 5 < head, "\(above) pages above the mark, \(head) from the head")
        }
        await database.close()
    }
}
