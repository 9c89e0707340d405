import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// What each function of the job table does, one at a time.
@Suite(.database) struct JobTableTests {
    private func withTable(_ body: (JobTable, Database) async throws -> Void) async throws {
        let database = try await TestDatabase.current.fresh().connect()
        try await body(JobTable(database), database)
        await database.close()
    }

    @Test func jobsOfOneKeyRunOneAfterAnotherInOrder() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            var ids: [Int64] = []
            for _ in 0..<3 { ids.append(try await table.add(key: "call")) }
            for id in ids {
                let claims = try await table.claim(worker)
                #expect(claims.map(\.id) == [id])
                #expect(try await table.claim(worker).isEmpty)
                try await table.complete(worker, claims)
            }
            #expect(try await table.value("SELECT count(*) FROM hub.job_key", as: Int64.self) == 0)
        }
    }

    /// What a job remembers about the place of its key's row may be out of date: somebody rewrote the table.
    @Test(arguments: ["NULL", "(SELECT ctid FROM hub.job_key WHERE key = 'other')", "'(4000000,1)'"])
    func aKeyIsFreedAndHandedOnWhereverItsRowStands(place: String) async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            try await table.add(key: "other")
            try await table.add(key: "x")
            let next = try await table.add(key: "x")
            let claims = try await table.claim(worker)
            #expect(
                try await table.value(
                    "SELECT count(*) FROM hub.job_lease l JOIN hub.job_key k ON k.ctid = l.key_row AND k.holder = l.id",
                    as: Int64.self)
                    == 2)
            try await table.script("UPDATE hub.job_lease SET key_row = \(place) WHERE key = 'x'")
            try await table.complete(worker, claims.filter { $0.key == "x" })
            #expect(try await table.claim(worker).map(\.id) == [next])
            #expect(try await table.value("SELECT holder FROM hub.job_key WHERE key = 'x'", as: Int64.self) == next)
            #expect(try await table.value("SELECT count(*) FROM hub.job_key WHERE key = 'other'", as: Int64.self) == 1)
            try await table.complete(worker, claims.filter { $0.key == "other" })
            #expect(try await table.value("SELECT count(*) FROM hub.job_key", as: Int64.self) == 1)
        }
    }

    @Test func aKeyIsTheTenantsOwn() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            try await table.add(tenant: 1, key: "x")
            try await table.add(tenant: 2, key: "x")
            #expect(try await table.claim(worker).count == 2)
        }
    }

    @Test func aRetryKeepsItsKeyAndADeadJobGivesItUp() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let first = try await table.add(key: "x", attempts: 2)
            let second = try await table.add(key: "x")
            try await table.fail(worker, try await table.claim(worker), "retry")
            #expect(try await table.state(first) == "retry")
            #expect(try await table.claim(worker).isEmpty)
            try await table.jump()
            try await table.script("SELECT hub.job_promote()")
            let again = try await table.claim(worker)
            #expect(again.map(\.id) == [first])
            #expect(again[0].attempts == 1)
            try await table.fail(worker, again, "retry")
            #expect(try await table.state(first) == "dead")
            #expect(try await table.claim(worker).map(\.id) == [second])
        }
    }

    @Test func onlyTheNewestWaitingJobOfAKeyIsKept() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let first = try await table.add(key: "x", newestOnly: true)
            let second = try await table.add(key: "x", newestOnly: true)
            let other = try await table.add("b", key: "x")
            let third = try await table.add(key: "x", newestOnly: true)
            #expect(try await table.state(first) == "ready")
            #expect(try await table.state(second) == "superseded")
            #expect(try await table.state(other) == "waiting")
            #expect(try await table.state(third) == "waiting")
            for id in [first, other, third] {
                let claims = try await table.claim(worker)
                #expect(claims.map(\.id) == [id])
                try await table.complete(worker, claims)
            }
        }
    }

    @Test func aUniqueJobIsThereOnceUntilItIsFinished() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let first = try await table.add(unique: "u")
            #expect(try await table.add(unique: "u") == first)
            #expect(try await table.add("b", unique: "u") != first)
            #expect(try await table.add(tenant: 2, unique: "u") != first)
            let claims = try await table.claim(worker)
            #expect(try await table.add(unique: "u") == first)
            try await table.complete(worker, claims)
            #expect(try await table.add(unique: "u") != first)
        }
    }

    @Test func aFinishUnderAnOldTokenIsRefused() async throws {
        try await withTable { table, _ in
            let (lost, other) = (try await table.enter(), try await table.enter())
            let id = try await table.add()
            let stale = try await table.claim(lost)
            try await table.expire(lost)
            try await table.script("SELECT hub.job_rescue()")
            let fresh = try await table.claim(other)
            #expect(fresh.map(\.id) == [id])
            #expect(fresh[0].attempts == 1)
            #expect(fresh[0].isSolo)
            #expect(try await table.complete(lost, stale) == [id])
            #expect(try await table.fail(lost, stale, "dead") == [id])
            #expect(try await table.state(id) == "running")
            #expect(try await table.complete(other, fresh) == [])
        }
    }

    @Test func aJobThatKillsItsWorkersIsDeadAfterItsAttempts() async throws {
        try await withTable { table, _ in
            let id = try await table.add(attempts: 4)
            var deaths = 0
            while try await table.state(id) != "dead", deaths < 10 {
                let worker = try await table.enter()
                try await table.jump()
                try await table.script("SELECT hub.job_promote()")
                if try await table.claim(worker).isEmpty { continue }
                deaths += 1
                try await table.expire(worker)
                try await table.script("SELECT hub.job_rescue()")
            }
            #expect(deaths == 4)
            #expect(try await table.value("SELECT error->>'code' FROM hub.job_dead", as: String.self) == "worker_lost")
        }
    }

    @Test func whatIsPausedIsNotClaimedAndComesBackWhenResumed() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let (a, b, c) = (try await table.add("a"), try await table.add("b"), try await table.add("b", tenant: 2))
            try await table.script("SELECT hub.job_hold('b', NULL, 'test'), hub.job_hold(NULL, 2, 'test')")
            #expect(try await table.claim(worker).filter { !$0.isHeld }.map(\.id) == [a])
            #expect(try await table.state(b) == "held")
            #expect(try await table.state(c) == "held")
            #expect(try await table.value("SELECT hub.job_resume('b', NULL)", as: Int64.self) == 1)
            try await table.script("SELECT hub.job_promote()")
            #expect(try await table.claim(worker).map(\.id) == [b])
            try await table.script("SELECT hub.job_resume(NULL, 2)")
            try await table.script("SELECT hub.job_promote()")
            #expect(try await table.claim(worker).map(\.id) == [c])
        }
    }

    @Test func aTenantThatIsSwitchedOffIsNotClaimedFor() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let tenant = try await table.value(
                "INSERT INTO hub.tenant (name) VALUES ('acme') RETURNING tenant_id", as: Int32.self)
            let id = try await table.add(tenant: tenant)
            try await table.script("UPDATE hub.tenant SET enabled = false")
            #expect(try await table.claim(worker).isEmpty)
            try await table.script("UPDATE hub.tenant SET enabled = true")
            #expect(try await table.claim(worker).map(\.id) == [id])
        }
    }

    @Test func aLaterJobWithAKeyJoinsItsLineWhenItIsDue() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let later = try await table.add(key: "x", inSeconds: 1000)
            let now = try await table.add(key: "x")
            let claims = try await table.claim(worker)
            #expect(claims.map(\.id) == [now])
            try await table.jump()
            try await table.script("SELECT hub.job_promote()")
            #expect(try await table.state(later) == "waiting")
            try await table.complete(worker, claims)
            #expect(try await table.state(later) == "ready")
        }
    }

    @Test func cancellingPassesTheKeyOn() async throws {
        try await withTable { table, _ in
            let (first, second, third) = (
                try await table.add(key: "x", unique: "u"), try await table.add(key: "x"), try await table.add(key: "x")
            )
            try await table.script("SELECT hub.job_cancel(ARRAY[$1, $2]::bigint[], 'test')", [first, second])
            #expect(try await table.state(first) == "cancelled")
            #expect(try await table.state(second) == "cancelled")
            #expect(try await table.state(third) == "ready")
            #expect(try await table.value("SELECT count(*) FROM hub.job_unique", as: Int64.self) == 0)
        }
    }

    @Test func aDeadJobThatIsRetriedJoinsTheEndOfItsLine() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            let dead = try await table.add(key: "x")
            try await table.fail(worker, try await table.claim(worker), "dead")
            let busy = try await table.add(key: "x")
            #expect(try await table.value("SELECT hub.job_retry(ARRAY[$1]::bigint[])", [dead], as: [Int64].self) == [dead])
            #expect(try await table.state(dead) == "waiting")
            let claims = try await table.claim(worker)
            #expect(claims.map(\.id) == [busy])
            try await table.complete(worker, claims)
            let again = try await table.claim(worker)
            #expect(again.map(\.id) == [dead])
            #expect(again[0].attempts == 0)
        }
    }

    @Test func ringingNotifiesOnlyWhenSomebodySleeps() async throws {
        try await withTable { table, _ in
            #expect(try await table.value("SELECT hub.job_ring('default')", as: Bool?.self) == false)
            try await table.script("SELECT hub.job_sleep(hub.job_queue_id('default'))")
            #expect(try await table.value("SELECT hub.job_ring('default')", as: Bool.self))
            #expect(try await table.value("SELECT hub.job_ring('default')", as: Bool.self) == false)
        }
    }

    @Test func enqueueingManyReturnsTheirIdsInOrder() async throws {
        try await withTable { table, database in
            let queue = JobQueue(database: database)
            let plain = try await queue.enqueue((0..<500).map { NewJob(kind: "a", tenant: 1, payload: JSONB("{\"n\":\($0)}")) })
            let special = try await queue.enqueue(
                (0..<50).map { NewJob(kind: "b", tenant: 1, payload: JSONB("{\"n\":\($0)}"), key: "k\(99 - $0)") })
            for (ids, kind) in [(plain, "a"), (special, "b")] {
                let numbers = try await table.run(
                    "SELECT (payload->>'n')::integer FROM unnest($1::bigint[]) WITH ORDINALITY AS u (id, place) JOIN hub.jobs j USING (id) WHERE j.kind = $2 ORDER BY u.place",
                    [ids, kind]
                ).map { try $0.decode(Int32.self) }
                #expect(numbers == (0..<Int32(ids.count)).map { $0 })
            }
            #expect(try await queue.enqueue([]).isEmpty)
        }
    }

    @Test func compactionLosesNothing() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            for _ in 0..<20 { try await table.add() }
            let claims = try await table.claim(worker, 5)
            let before = try await table.value("SELECT array_agg(id || state ORDER BY id) FROM hub.jobs", as: [String].self)
            #expect(try await table.run("SELECT relation FROM hub.job_compact(true)", []).count == 2)
            #expect(try await table.value("SELECT array_agg(id || state ORDER BY id) FROM hub.jobs", as: [String].self) == before)
            #expect(try await table.complete(worker, claims).isEmpty)
            #expect(try await table.claim(worker).count == 15)
        }
    }

    @Test func historyIsPartitionedByDayAndDroppedByRetention() async throws {
        try await withTable { table, _ in
            // A day without a partition: its rows go to the default, and move when the partition is made.
            try await table.script(
                """
                INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, payload)
                SELECT 1, now(), now() + interval '20 days', 1, hub.job_queue_id('q'), hub.job_kind_id('k'), 0, 1, '{}'
                """)
            #expect(try await table.value("SELECT count(*) FROM hub.job_done_default", as: Int64.self) == 1)
            try await table.script("SELECT hub.job_partitions(30, 25)")
            #expect(try await table.value("SELECT count(*) FROM hub.job_done_default", as: Int64.self) == 0)
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 1)
            // One of 40 days ago goes, and what is as old in the default; the start of a program leaves both.
            try await table.script(
                """
                DO $$ BEGIN
                    EXECUTE format('CREATE TABLE hub.job_done_%s PARTITION OF hub.job_done FOR VALUES FROM (%L) TO (%L)',
                        to_char(now() - interval '40 days', 'YYYYMMDD'), (now() - interval '40 days')::date, (now() - interval '39 days')::date);
                END $$
                """)
            try await table.script(
                """
                INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, queue_id, kind_id, lane, attempts, payload)
                SELECT 2, now(), now() - interval '50 days', 1, hub.job_queue_id('q'), hub.job_kind_id('k'), 0, 1, '{}'
                """)
            let dropped = "SELECT count(*) FROM hub.job_partitions($1, 25) WHERE action = 'dropped'"
            #expect(try await table.value(dropped, [Int32?.none], as: Int64.self) == 0)
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 2)
            #expect(try await table.value(dropped, [Int32(30)], as: Int64.self) == 1)
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 1)
            await #expect(throws: PostgresError.self) { try await table.script(dropped, [Int32(0)]) }
        }
    }

    @Test func theBackoffDoublesUpToAnHourAndIsSpreadByAQuarter() async throws {
        try await withTable { table, _ in
            let waits = """
                SELECT min(wait), avg(wait), max(wait)
                FROM (SELECT extract(epoch FROM hub.job_backoff($1))::float8 AS wait FROM generate_series(1, 2000)) AS draw
                """
            for (attempts, seconds) in [(0, 1.0), (1, 1), (2, 2), (3, 4), (10, 512), (12, 2_048), (13, 3_600), (20_000, 3_600)] {
                let (least, mean, most) = try await table.run(waits, [Int32(attempts)])[0].decode(
                    Double.self, Double.self, Double.self)
                #expect(least >= 0.75 * seconds && most <= 1.25 * seconds, "\(attempts) attempts: \(least) to \(most)")
                // Of 2,000 draws the ends are all but reached, and the mean is the middle.
                #expect(least < 0.77 * seconds && most > 1.23 * seconds && abs(mean - seconds) < 0.03 * seconds)
            }
        }
    }

    @Test func statisticsAddUpToTheHistory() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            for _ in 0..<30 { try await table.add() }
            try await table.complete(worker, try await table.claim(worker, 10))
            try await table.complete(worker, try await table.claim(worker, 10))
            try await table.fail(worker, try await table.claim(worker, 5), "dead")
            try await table.fail(worker, try await table.claim(worker, 2), "retry")
            #expect(
                try await table.value(
                    """
                    SELECT sum(done) = 20 AND sum(dead) = 5 AND sum(retried) = 2
                       AND sum((SELECT sum(b) FROM unnest(wait_buckets) AS b)) = 20 AND sum((SELECT sum(b) FROM unnest(run_buckets) AS b)) = 20
                    FROM hub.job_stat
                    """, as: Bool.self))
            try await table.script("SELECT hub.job_count()")
            #expect(
                try await table.value("SELECT array_agg(state || jobs ORDER BY state) FROM hub.job_depth", as: [String].self)
                    == ["dead5", "ready3", "retry2"])
        }
    }
}
