import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Lists of jobs: what belongs to them, page after page, and that a page costs what it shows.
@Suite(.database) struct JobListingTests {
    @Test(arguments: [
        (["ready"], [JobListing.ready]), (["held"], [.ready, .later]), (["running", "dead"], [.running, .dead]),
        (["done", "cancelled"], [.past]), (["waiting", "retry", "snoozed"], [.waiting, .later]), (["nonsense"], []),
    ])
    func onlyTablesThatHoldTheStatesAreRead(states: [String], tables: [JobListing]) {
        #expect(JobListing.holding(states) == tables)
    }

    @Test func pagesFollowOneAnotherWithoutGapsOrRepeats() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let admin = JobAdmin(database: database)
        let worker = try await table.enter()
        for number in 0..<14 { try await table.add(tenant: Int32(number % 2 + 1), lane: Int16(number % 3)) }
        // Ten in two transactions: five and five share a time. Four stay.
        try await table.complete(worker, try await table.claim(worker, 5))
        try await table.complete(worker, try await table.claim(worker, 5))
        for number in 0..<5 { try await table.add(key: "x", inSeconds: number == 4 ? 1000 : nil) }

        func pages(_ filter: JobFilter, _ place: (JobRecord) -> JobPlace) async throws -> [Int64] {
            var (filter, ids): (JobFilter, [Int64]) = (filter, [])
            while true {
                let page = try await admin.list(filter)
                ids += page.map(\.id)
                guard let last = page.last, page.count == filter.limit else { return ids }
                filter.after = place(last)
            }
        }
        let past = try await pages(JobFilter(states: ["done"], limit: 3)) { JobPlace(finished: $0.id, at: $0.at!) }
        #expect(
            past
                == (try await table.run("SELECT id FROM hub.job_done ORDER BY finished_at DESC, id DESC", []).map {
                    try $0.decode(Int64.self)
                }))
        #expect(past.count == 10)
        let unfinished = ["ready", "running", "waiting", "scheduled"]
        let open = try await pages(JobFilter(states: unfinished, limit: 2)) { JobPlace(unfinished: $0.id) }
        #expect(open.count == 9)
        #expect(open == open.sorted(by: >))
        #expect(try await admin.list().map(\.id) == open + past)
        #expect(try await admin.list(JobFilter(states: ["waiting"], key: "x")).count == 3)
        #expect(try await admin.list(JobFilter(kind: "nobody knows")).isEmpty)
        await database.close()
    }

    @Test func aRareKindIsLookedForAsFarAsTheReachAndTheNextPageGoesOnThere() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let admin = JobAdmin(database: database)
        let sql =
            """
            SELECT hub.job_queue_id('default'), hub.job_kind_id('common'), hub.job_kind_id('rare');
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, error)
            SELECT n, n, 1, 1, CASE WHEN n % 100 = 0 THEN 2 ELSE 1 END, 0, 20, '{}', '{"code": "E1", "message": "no"}'
            FROM generate_series(1, 1000) AS n;
            INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, n, 1, 1, 2, 0, 20, '{}' FROM generate_series(1001, 1003) AS n;
            INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, payload)
            SELECT n, now(), now() + n * interval '1 s', 1, 1, CASE WHEN n % 100 = 0 THEN 2 ELSE 1 END, 0, 1, '{}'
            FROM generate_series(2001, 3000) AS n
            """
        try await database.withConnection { try await $0.run(script: sql) }
        var filter = JobFilter(kind: "rare", limit: 50, reach: 150)
        var (ids, pages): ([Int64], Int) = ([], 0)
        while true {
            let page = try await admin.page(filter)
            ids += page.jobs.map(\.id)
            pages += 1
            guard let next = page.next else { break }
            filter.after = next
        }
        let dead = stride(from: 1000, to: 0, by: -100).map { Int64($0) }
        let past = stride(from: 3000, to: 2000, by: -100).map { Int64($0) }
        #expect(ids == [1003, 1002, 1001] + dead + past)
        #expect(pages > 10)
        await database.close()
    }

    @Test func aCountTellsWhetherItWasCutAndATotalNeverIs() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let admin = JobAdmin(database: database)
        let sql =
            """
            SELECT hub.job_queue_id('default'), hub.job_kind_id('common'), hub.job_kind_id('rare');
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, error)
            SELECT n, n, 1, 1, CASE WHEN n % 100 = 0 THEN 2 ELSE 1 END, 0, 20, '{}', '{"code": "E1", "message": "no"}'
            FROM generate_series(1, 1000) AS n;
            INSERT INTO hub.job_later (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, run_at, reason, has_key)
            SELECT n, n, 1, 1, 2, 0, 20, '{}', now() + interval '1 hour', CASE WHEN n % 2 = 0 THEN 'retry' ELSE 'snoozed' END, false
            FROM generate_series(1001, 1010) AS n
            """
        try await database.withConnection { try await $0.run(script: sql) }
        func count(_ filter: JobFilter, _ limit: Int) async throws -> JobTally { try await admin.count(filter, limit: limit) }
        func tally(_ jobs: Int, cut: Bool) -> JobTally { JobTally(jobs: jobs, isCutShort: cut) }
        #expect(try await count(JobFilter(states: ["dead"], kind: "rare"), 10_001) == tally(10, cut: false))
        #expect(try await count(JobFilter(states: ["dead"], kind: "rare", reach: 1000), 10_001) == tally(10, cut: false))
        #expect(try await count(JobFilter(states: ["dead"], kind: "rare", reach: 999), 10_001) == tally(10, cut: true))
        #expect(try await count(JobFilter(states: ["dead"], kind: "rare", reach: 50), 10_001) == tally(1, cut: true))
        #expect(try await count(JobFilter(states: ["dead"], code: "e1"), 101) == tally(101, cut: true))
        #expect(try await count(JobFilter(states: ["dead"], code: "E2"), 101) == tally(0, cut: false))

        #expect(try await admin.total(JobFilter(states: ["dead", "retry"], kind: "rare", limit: 1, reach: 1)) == 15)
        #expect(try await admin.total(JobFilter(states: ["dead", "retry", "scheduled", "snoozed", "held"], tenant: 1)) == 1010)
        #expect(try await admin.total(JobFilter(states: ["dead"], code: "e1")) == 1000)
        #expect(try await admin.total(JobFilter(states: ["dead"], since: 250)) == 250)
        #expect(try await admin.total(JobFilter(since: 1001)) == 1001)
        #expect(try await admin.total(JobFilter(states: [])) == 0)
        await database.close()
    }

    @Test func anOrderNumberTellsWhatHasNotChangedSince() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let admin = JobAdmin(database: database)
        let worker = try await table.enter()
        let (waits, fails) = (try await table.add(lane: 1), try await table.add(lane: 0))
        let before = try await admin.lastOrder()
        try await table.fail(worker, try await table.claim(worker, 1), "dead")
        let late = try await table.add()
        #expect(try await admin.list(JobFilter(since: before)).map(\.id) == [waits])
        let after = try await admin.lastOrder()
        #expect(after > before)
        #expect(try await admin.list(JobFilter(since: after)).map(\.id) == [late, fails, waits])
        await database.close()
    }

    private struct Explained: Decodable {
        var plan: Node
        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private struct Node: Decodable {
        var type: String
        var relation: String?
        var rows: Double
        var loops: Double
        var removed: Double?
        var plans: [Node]?
        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case relation = "Relation Name"
            case rows = "Actual Rows"
            case loops = "Actual Loops"
            case removed = "Rows Removed by Filter"
            case plans = "Plans"
        }
        var all: [Node] { [self] + (plans ?? []).flatMap(\.all) }
    }

    /// With and without statistics.
    @Test(arguments: JobListing.allCases, [false, true])
    func aPageWalksAnIndexAndStopsAtTheLimit(listing: JobListing, analysed: Bool) async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 1)
        let table = JobTable(database)
        try await table.script("SELECT hub.job_queue_id('default'), hub.job_kind_id('a')")
        for (name, more, values) in [
            ("job_ready", "", ""), ("job_lease", ", worker_id", ", 1"), ("job_wait", ", key", ", 'x'"), ("job_dead", "", ""),
            ("job_later", ", run_at, reason, has_key", ", now() + n * interval '1 s', 'retry', false"),
        ] {
            try await table.script(
                """
                INSERT INTO hub.\(name) (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload\(more))
                SELECT n, n, n % 50, 1, 1, n % 4, 20, '{}'\(values) FROM generate_series(1, 20000) AS n
                """)
        }
        try await table.script(
            """
            INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, payload)
            SELECT n, now(), now() + n / 200 * interval '1 hour', n % 50, 1, 1, 0, 1, '{}' FROM generate_series(1, 20000) AS n
            """)
        if analysed {
            try await table.script(
                "ANALYZE hub.job_ready, hub.job_lease, hub.job_wait, hub.job_later, hub.job_dead, hub.job_done")
        }
        try await database.withTransaction { connection in
            let table = JobTable(connection)
            _ = try await connection.query(JobListing.walk)
            try await table.script(
                "PREPARE page (text[], text, integer, text, text, bigint, bigint, timestamptz, bigint, text, bigint, integer, text, jsonb) AS \(listing.statement.sql)"
            )
            let middle = listing == .past ? "15000, now() + interval '75 hours'" : "15000, NULL"
            for (after, reach) in [("NULL, NULL", "NULL"), (middle, "NULL"), (middle, "400")] {
                let explained = try await table.value(
                    "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page (NULL, NULL, NULL, NULL, NULL, 50, \(after), \(reach), NULL, NULL, NULL, NULL, NULL)",
                    as: JSONB.self)
                let nodes = try explained.decode([Explained].self)[0].plan.all
                #expect(nodes[0].rows == 50)
                #expect(!nodes.contains { $0.type == "Sort" }, "\(after): \(explained.text)")
                for node in nodes where node.relation?.hasPrefix(listing.table) == true {
                    #expect(node.type.hasPrefix("Index"), "\(after): \(node.type) of \(node.relation!)")
                    // A transaction's worth more than the page: those that finished at one time are put in order together.
                    #expect((node.rows + (node.removed ?? 0)) * node.loops <= 500, "\(after): \(node)")
                }
            }
        }
        await database.close()
    }
}
