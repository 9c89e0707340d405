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
        for name in Self.tables where name != "job_done" {
            try await table.script("ALTER TABLE hub.\(name) SET (autovacuum_enabled = off)")
        }
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
        // Keys that jobs have, and a job behind each of them; the dead letter.
        try await table.script(
            """
            INSERT INTO hub.job_wait (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, key)
            SELECT n, n, n % 50, hub.job_queue_id('default'), hub.job_kind_id('b'), 0, 20, '{}', 'k' || n
            FROM (SELECT nextval('hub.job_seq') AS n FROM generate_series(1, $1)) AS s
            """, [jobs])
        try await table.script("INSERT INTO hub.job_key (tenant_id, key, holder) SELECT tenant_id, key, 0 FROM hub.job_wait")
        try await table.script(
            """
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, n, n % 50, hub.job_queue_id('default'), hub.job_kind_id('a'), 0, 20, '{}'
            FROM (SELECT nextval('hub.job_seq') AS n FROM generate_series(1, $1)) AS s
            """, [jobs])
        try await expectNoSequentialScan(table, jobs: jobs)
        try await table.script("ANALYZE " + Self.tables.map { "hub.\($0)" }.joined(separator: ", "))
        try await expectNoSequentialScan(table, jobs: jobs)
        await database.close()
    }

    /// Tables that can be long.
    private static let tables = [
        "job_ready", "job_lease", "job_later", "job_wait", "job_key", "job_unique", "job_dead", "job_done",
    ]

    /// All that is done to single jobs, and all that is done again and again.
    private func expectNoSequentialScan(_ table: JobTable, jobs: Int32) async throws {
        let worker = try await table.enter()
        let (waiting, dead) = (try await ids(table, "job_wait"), try await ids(table, "job_dead"))
        var before = try await scans(table)
        func check(_ what: String) async throws {
            let after = try await scans(table)
            for name in Self.tables { #expect(after[name] == before[name], "sequential scan of \(name) by \(what)") }
            before = after
        }

        let plain = try await table.add()
        try await table.add(tenant: 51, inSeconds: 1000)
        try await check("enqueueing")
        for key in ["x", "x", "y"] { try await table.add(tenant: 52, key: key) }
        try await table.add(tenant: 52, key: "x", newestOnly: true)
        try await check("enqueueing with a key")
        for _ in 0..<2 { try await table.add(tenant: 53, unique: "u") }
        try await check("enqueueing once")
        let claims = try await table.claim(worker, 400, each: 5)
        #expect(claims.count >= min(200, Int(jobs)))
        try await check("claiming")
        try await table.complete(worker, claims.filter { $0.key != nil } + claims.filter { $0.key == nil }.prefix(50))
        try await check("finishing, and handing keys on")
        let rest = Array(claims.filter { $0.key == nil }.dropFirst(50))
        try await table.fail(worker, Array(rest.prefix(50)), "retry")
        try await table.fail(worker, Array(rest.dropFirst(50).prefix(50)), "dead")
        try await check("failing")
        try await table.script("SELECT hub.job_promote()")
        try await check("what has become due")
        try await table.script("SELECT hub.job_hand_on()")
        try await check("handing on what is left over")
        try await table.script("SELECT hub.job_hold('b', 52, 'test')")
        try await table.script("SELECT hub.job_resume('b', 52)")
        try await check("pausing and resuming")
        try await table.script("SELECT hub.job_retry($1)", [dead])
        try await check("retrying the dead")
        try await table.script("SELECT hub.job_cancel($1, 'test')", [dead + waiting + [plain]])
        try await check("cancelling")
        // Takes all leases of who is lost, which no index can help; what it does with them has.
        let lost = try await table.enter()
        _ = try await table.claim(lost, 10, each: 5)
        try await table.expire(lost)
        before = try await scans(table)
        try await table.script("SELECT hub.job_rescue()")
        before["job_lease"] = try await scans(table)["job_lease"]
        try await check("taking over from the lost")
    }

    /// Some jobs of a table.
    private func ids(_ table: JobTable, _ name: String) async throws -> [Int64] {
        try await table.run("SELECT id FROM hub.\(name) ORDER BY id LIMIT 5", []).map { try $0.decode(Int64.self) }
    }

    /// Sequential scans so far, this session's included.
    private func scans(_ table: JobTable) async throws -> [String: Int64] {
        try await table.script("SELECT pg_stat_force_next_flush()")
        try await table.script("SELECT 1")
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
