import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Two sessions at the same time, step by step, where the order decides: joining a line against finishing, the reaper against the finish,
/// compaction against everything.
@Suite(.database) struct JobInterleavingTests {
    private func withTable(_ body: (JobTable, Database) async throws -> Void) async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 6)
        try await body(JobTable(database), database)
        await database.close()
    }

    /// Waits until some session waits for a lock.
    private func somebodyWaits(_ table: JobTable) async throws {
        try await eventually("a session waits for a lock") {
            try await table.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
                as: Int64.self) > 0
        }
    }

    @Test func aFinishDoesNotWaitForSomebodyWhoJoinsTheLineAndTheKeyIsHandedOnLater() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            try await table.add(key: "x")
            let claims = try await table.claim(worker)
            let joined = try await database.withTransaction { connection in
                let joined = try await JobTable(connection).add(key: "x")
                // The joining transaction is still open: the finish goes through, and can't see who joins.
                try await table.complete(worker, claims)
                #expect(try await table.value("SELECT count(*) FROM hub.job_key WHERE holder IS NULL", as: Int64.self) == 1)
                return joined
            }
            #expect(try await table.state(joined) == "waiting")
            try await table.script("SELECT hub.job_hand_on()")
            #expect(try await table.claim(worker).map(\.id) == [joined])
        }
    }

    @Test func whoJoinsWhileTheKeyIsBeingFreedWaitsAndTakesIt() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            try await table.add(key: "x")
            let claims = try await table.claim(worker)
            let gate = Gate()
            async let joining = {
                await gate.passed()
                return try await table.add(key: "x")
            }()
            try await database.withTransaction { connection in
                try await JobTable(connection).complete(worker, claims)
                gate.open()
                try await somebodyWaits(table)
            }
            let joined = try await joining
            #expect(try await table.state(joined) == "ready")
            #expect(try await table.value("SELECT holder FROM hub.job_key", as: Int64.self) == joined)
        }
    }

    @Test func aJoinThatIsRolledBackLeavesAFreeKeyThatIsCleanedUp() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            try await table.add(key: "x")
            let claims = try await table.claim(worker)
            struct Cut: Error {}
            await #expect(throws: Cut.self) {
                try await database.withTransaction { connection in
                    try await JobTable(connection).add(key: "x")
                    try await table.complete(worker, claims)
                    throw Cut()
                }
            }
            try await table.script("SELECT hub.job_hand_on()")
            #expect(try await table.value("SELECT count(*) FROM hub.job_key", as: Int64.self) == 0)
            let next = try await table.add(key: "x")
            #expect(try await table.claim(worker).map(\.id) == [next])
        }
    }

    @Test func jobsOfAClaimThatWasRolledBackArePassedByUntilAThoroughClaim() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            let ids = [try await table.add(), try await table.add()]
            struct Cut: Error {}
            await #expect(throws: Cut.self) {
                try await database.withTransaction { connection in
                    #expect(try await JobTable(connection).claim(worker).map(\.id) == ids)
                    throw Cut()
                }
            }
            let third = try await table.add()
            func claim(thorough: Bool) async throws -> [Int64] {
                try await table.run(
                    "SELECT id FROM hub.job_claim($1, hub.job_queue_id('default'), 10, '{0}', '{1}', '{0}', '{10}', ARRAY[$2]::boolean[]) ORDER BY seq",
                    [worker, thorough]
                ).map { try $0.decode(Int64.self) }
            }
            #expect(try await claim(thorough: false) == [third])
            #expect(try await claim(thorough: true) == ids)
        }
    }

    @Test func cancellingAJobWhileItsKeyIsHandedOverLeavesTheLineGoing() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            for _ in 0..<4 { try await table.add(key: "x") }
            let line = try await table.run("SELECT id FROM hub.jobs ORDER BY id", []).map { try $0.decode(Int64.self) }
            let gate = Gate()
            async let cancelling: Void = {
                await gate.passed()
                try await table.script("SELECT hub.job_cancel($1, 'test')", [[line[2]]])
            }()
            let claims = try await table.claim(worker)
            try await database.withTransaction { connection in
                try await JobTable(connection).complete(worker, claims)
                gate.open()
                try await somebodyWaits(table)
            }
            try await cancelling
            #expect(try await table.state(line[2]) == "cancelled")
            try await table.complete(worker, try await table.claim(worker))
            #expect(try await table.state(line[3]) == "ready")
        }
    }

    @Test func aLineWithoutAKeyGoesOn() async throws {
        try await withTable { table, _ in
            let first = try await table.add(key: "x")
            let second = try await table.add(key: "x")
            let third = try await table.add(key: "x")
            try await table.script("DELETE FROM hub.job_ready WHERE id = $1", [first])
            try await table.script("DELETE FROM hub.job_key")
            try await table.script("SELECT hub.job_tend()")
            #expect(try await table.state(second) == "ready")
            #expect(try await table.state(third) == "waiting")
            #expect(try await table.value("SELECT holder FROM hub.job_key", as: Int64.self) == second)
        }
    }

    @Test func aClaimThatStillSeesThePauseDoesNotStrandItsJob() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            let id = try await table.add()
            try await database.withTransaction { connection in
                try await table.script("SELECT hub.job_hold('a', NULL, 'test')")
                #expect(try await JobTable(connection).claim(worker).map(\.isHeld) == [true])
                try await table.script("SELECT hub.job_resume('a', NULL)")
            }
            #expect(try await table.state(id) == "held")
            try await table.script("SELECT hub.job_tend()")
            try await table.script("SELECT hub.job_promote()")
            #expect(try await table.state(id) == "ready")
        }
    }

    @Test func twoClaimsNeverGetTheSameJob() async throws {
        try await withTable { table, database in
            let (one, other) = (try await table.enter(), try await table.enter())
            for _ in 0..<20 { try await table.add() }
            let (first, second) = try await database.withTransaction { connection in
                let first = try await JobTable(connection).claim(one, 10)
                return (first, try await table.claim(other, 10))
            }
            #expect(Set(first.map(\.id)).isDisjoint(with: second.map(\.id)))
            #expect(first.count + second.count == 20)
        }
    }

    @Test func aClaimThatIsRolledBackGivesItsJobsBackInTheirPlace() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            let ids = [try await table.add(), try await table.add()]
            struct Cut: Error {}
            await #expect(throws: Cut.self) {
                try await database.withTransaction { connection in
                    #expect(try await JobTable(connection).claim(worker).count == 2)
                    throw Cut()
                }
            }
            #expect(try await table.claim(worker).map(\.id) == ids)
        }
    }

    @Test func theReaperLeavesAJobWhoseFinishIsBeingWritten() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            let id = try await table.add()
            let claims = try await table.claim(worker)
            try await table.expire(worker)
            try await database.withTransaction { connection in
                // Effects are being written for the job: it is held until the commit.
                let ids: [Int64] = try await JobTable(connection).value(
                    "SELECT hub.job_verify($1, $2)", [claims.map(\.id), claims.map(\.seq)])
                #expect(ids == [id])
                try await table.script("SELECT hub.job_rescue()")
                #expect(try await JobTable(connection).complete(worker, claims).isEmpty)
            }
            #expect(try await table.state(id) == "done")
        }
    }

    @Test func aFinishAfterTheReaperIsRefusedWhole() async throws {
        try await withTable { table, _ in
            let worker = try await table.enter()
            for _ in 0..<5 { try await table.add() }
            let claims = try await table.claim(worker)
            try await table.expire(worker)
            try await table.script("SELECT hub.job_rescue()")
            #expect(try await table.complete(worker, claims).count == 5)
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 0)
            #expect(try await table.claim(worker).isEmpty, "a worker that was given up claims nothing")
        }
    }

    @Test func aClaimCommittedAfterTheReaperIsTakenBackByTheNext() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            let id = try await table.add()
            try await database.withTransaction { connection in
                #expect(try await JobTable(connection).claim(worker).count == 1)
                try await table.expire(worker)
                try await table.script("SELECT hub.job_rescue()")
            }
            #expect(try await table.state(id) == "running")
            try await table.script("SELECT hub.job_rescue()")
            #expect(try await table.state(id) == "ready")
        }
    }

    private func compactionHolds(_ name: String, _ table: JobTable) async throws {
        try await eventually("compaction holds its lock") {
            try await table.value(
                """
                SELECT count(*) FROM pg_locks
                WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND relation = to_regclass('hub.' || $1) AND mode = 'AccessExclusiveLock' AND granted
                """, [name], as: Int64.self) > 0
        }
    }

    @Test func aFinishThatWaitsForCompactionLosesNothing() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            for _ in 0..<10 { try await table.add() }
            let claims = try await table.claim(worker, 5)
            async let waiting = database.withTransaction { connection in
                let compacted = try await JobTable(connection).run("SELECT relation FROM hub.job_compact(true)", [])
                #expect(compacted.count == 2)
                try await somebodyWaits(table)
            }
            try await compactionHolds("job_lease", table)
            #expect(try await table.complete(worker, claims).isEmpty)
            try await waiting
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 5)
            #expect(try await table.claim(worker).count == 5)
        }
    }

    @Test func aClaimThatWaitsForCompactionSeesTheJobsThatWereCopied() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            for _ in 0..<10 { try await table.add() }
            async let waiting = database.withTransaction { connection in
                _ = try await JobTable(connection).run("SELECT relation FROM hub.job_compact(true)", [])
                try await somebodyWaits(table)
            }
            try await compactionHolds("job_ready", table)
            let claims = try await table.run(
                "SELECT id FROM hub.job_claim($1, hub.job_queue_id('default'), 10, '{0}', '{1}', '{0}', '{10}')", [worker])
            try await waiting
            #expect(claims.count == 10)
        }
    }

    @Test func compactionGivesUpWhenSomebodyIsAtTheTable() async throws {
        try await withTable { table, database in
            try await table.add()
            try await database.withTransaction { connection in
                try await JobTable(connection).script("SELECT count(*) FROM hub.job_ready")
                let compacted = try await table.value("SELECT array_agg(relation) FROM hub.job_compact(true)", as: [String].self)
                #expect(compacted == ["job_lease"])
            }
        }
    }

    @Test func aDaysPartitionIsMadeWhileAFinishIsOpen() async throws {
        try await withTable { table, database in
            let worker = try await table.enter()
            try await table.add()
            let claims = try await table.claim(worker)
            // Those of a week, counted from today: the schema may have been made yesterday.
            try await table.script("SELECT hub.job_partitions(NULL)")
            try await database.withTransaction { connection in
                try await JobTable(connection).complete(worker, claims)
                #expect(try await table.value("SELECT count(*) FROM hub.job_partitions(30, 12)", as: Int64.self) == 5)
            }
            #expect(try await table.value("SELECT count(*) FROM hub.job_done", as: Int64.self) == 1)
        }
    }

    @Test func twoUniqueJobsAtOnceAreOne() async throws {
        try await withTable { table, database in
            let gate = Gate()
            async let second: Int64 = {
                await gate.passed()
                return try await table.add(unique: "u")
            }()
            let first = try await database.withTransaction { connection in
                let id = try await JobTable(connection).add(unique: "u")
                gate.open()
                try await somebodyWaits(table)
                return id
            }
            #expect(try await second == first)
        }
    }

    /// Holds the second session back until the first has come to the point that matters.
    private struct Gate: Sendable {
        private let signals: AsyncStream<Void>
        private let signal: AsyncStream<Void>.Continuation

        init() {
            (signals, signal) = AsyncStream.makeStream()
        }

        func open() { signal.finish() }

        func passed() async {
            for await _ in signals {}
        }
    }

    @Test func oneSlotIsFiredOnceHoweverManyLook() async throws {
        try await withTable { table, database in
            try await JobSchedules(database: database).ensure([
                // The next slot is a long way off, whatever the time is.
                Schedule(name: "s", kind: "a", slots: .every(.seconds(100 * 365 * 86_400)), overlaps: true)
            ])
            try await table.script("UPDATE hub.schedule SET next_at = date_trunc('hour', now())")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask { for _ in 0..<10 { try await table.script("SELECT * FROM hub.job_fire()") } }
                }
                try await group.waitForAll()
            }
            #expect(try await table.value("SELECT count(*) FROM hub.job_ready", as: Int64.self) == 1)
            #expect(try await table.value("SELECT fired FROM hub.schedule", as: Int64.self) == 1)
        }
    }
}
