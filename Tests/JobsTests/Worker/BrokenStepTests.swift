import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Workers whose connection is cut, or who are killed, at one numbered step after another, while operators enqueue, pause, cancel and
/// retry and time jumps. The model can't say what such a run comes to, so what must hold whatever happens is looked at all along.
@Suite(.database) struct BrokenStepTests {
    private struct First: JobHandler {
        static let kind = "a"
        let batchSize = 4
        let concurrency = 3
        let work: Work
        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults { try work.results(of: jobs) }
    }

    private struct Second: JobHandler {
        static let kind = "b"
        let concurrency = 2
        let work: Work
        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults { try work.results(of: jobs) }
    }

    /// Every outcome there is, decided by the job's id and attempt. What is done has an effect.
    private final class Work: Sendable {
        private struct Thrown: Error {}

        /// A snooze counts no attempt, so it is remembered.
        private let snoozed = Guarded<Set<Int64>>([])

        func results(of jobs: [Job]) throws -> JobResults {
            var results = JobResults(otherwise: .done())
            var done: [Job] = []
            let failure = JobFailure(code: "test", message: "as asked")
            for job in jobs {
                switch (job.id + Int64(job.attempt) * 7) % 20 {
                case 0: throw Thrown()
                case 1: results.outcomes[job.id] = .retry(failure)
                case 2: results.outcomes[job.id] = .dead(failure)
                case 3: results.outcomes[job.id] = .cancelled("as asked")
                case 4 where snoozed.withLock({ $0.insert(job.id).inserted }):
                    results.outcomes[job.id] = .snooze(until: Date(timeIntervalSinceNow: 3_600))
                default: done.append(job)
                }
            }
            results.effects = [JobWorld.write(done)]
            return results
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: WorkStep.allCases, [false, true])
    func everyJobIsInOnePlaceAndHasItsEffectOnce(step: WorkStep, kill: Bool) async throws {
        try await JobWorld.with { world in
            // A second effect of a job is not refused here, but seen.
            try await world.table.script("ALTER TABLE effect DROP CONSTRAINT effect_pkey")
            let breaker = Breaker(step: step, kill: kill)
            let work = Work()
            var run = OperatorRun(table: world.table, seed: UInt64(step.rawValue * 2 + (kill ? 1 : 0) + 1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        // A killed worker starts again as another.
                        while !Task.isCancelled {
                            let worker = world.worker(First(work: work), Second(work: work)) {
                                $0.fault = { try await breaker.pass($0) }
                                $0.lease = .milliseconds(1200)
                                $0.fence = .milliseconds(800)
                            }
                            do { try await worker.run() } catch is SimulatedKill { continue } catch { return }
                        }
                    }
                }
                var turns = 0
                while turns < 60 || !breaker.isSpent && turns < 600 {
                    try await run.turn()
                    turns += 1
                }
                try await run.settle()
                group.cancelAll()
            }
            #expect(breaker.isSpent)
            try await run.expectAllEnded()
        }
    }
}

/// Breaks workers at one step, three times.
private final class Breaker: Sendable {
    let step: WorkStep
    let kill: Bool
    private let state = Guarded((passes: 0, breaks: 0))

    init(step: WorkStep, kill: Bool) { (self.step, self.kill) = (step, kill) }

    var isSpent: Bool { state.withLock { $0.breaks == 3 } }

    func pass(_ at: WorkStep) async throws {
        guard at == step else { return }
        let isBroken = state.withLock { state in
            state.passes += 1
            guard state.passes % 8 == 0, state.breaks < 3 else { return false }
            state.breaks += 1
            return true
        }
        guard isBroken else { return }
        if kill { throw SimulatedKill() }
        throw PostgresError(.connection, "cut by the test")
    }
}

/// What operators do meanwhile, and what must hold at any time and in the end.
private struct OperatorRun {
    let table: JobTable
    var random: SeededGenerator
    private var ids: Set<Int64> = []
    /// Jobs that joined the line of their key later than their id says.
    private var reordered: Set<Int64> = []

    init(table: JobTable, seed: UInt64) {
        self.table = table
        random = SeededGenerator(seed: seed)
    }

    mutating func turn() async throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: for _ in 1...8 { try await add() }
        case 5: try await table.script("SELECT hub.job_hold($1, NULL, 'test')", [kind()])
        case 6: try await table.script("SELECT hub.job_hold(NULL, $1, 'test')", [tenant()])
        case 7:
            try await table.script("SELECT hub.job_resume($1, NULL)", [kind()])
            try await table.script("SELECT hub.job_resume(NULL, $1)", [tenant()])
        case 8: try await table.script("SELECT hub.job_cancel($1, 'test')", [Array(ids.shuffled(using: &random).prefix(4))])
        default:
            try await table.jump()
            let dead = try await table.run("SELECT id FROM hub.job_dead ORDER BY id LIMIT 3", []).map {
                try $0.decode(Int64.self)
            }
            reordered.formUnion(dead)
            try await table.script("SELECT hub.job_retry($1)", [dead])
        }
        try await expectOnePlaceEach()
    }

    private mutating func kind() -> String { Bool.random(using: &random) ? "a" : "b" }
    private mutating func tenant() -> Int32 { Int32.random(in: 1...3, using: &random) }

    private mutating func add() async throws {
        let key: String? = Bool.random(using: &random) ? ["x", "y", "z"].randomElement(using: &random) : nil
        let unique: String? = Int.random(in: 0..<6, using: &random) == 0 ? "u" : nil
        let later = Int.random(in: 0..<6, using: &random) == 0
        let id = try await table.add(
            kind(), tenant: tenant(), key: key, newestOnly: Int.random(in: 0..<6, using: &random) == 0, unique: unique,
            lane: Int16.random(in: 0...3, using: &random), inSeconds: later ? 5000 : nil, attempts: 50)
        if later { reordered.insert(id) }
        ids.insert(id)
    }

    /// Nothing lost, nothing in two places, one token for each job, one job at a time for each key.
    private func expectOnePlaceEach() async throws {
        let row = try await table.run(
            """
            WITH place AS (
                SELECT id, tenant_id, key, true AS has_turn FROM hub.job_ready
                UNION ALL SELECT id, tenant_id, key, true FROM hub.job_lease
                UNION ALL SELECT id, tenant_id, key, has_key FROM hub.job_later
                UNION ALL SELECT id, NULL, NULL, false FROM hub.job_wait
                UNION ALL SELECT id, NULL, NULL, false FROM hub.job_dead
                UNION ALL SELECT id, NULL, NULL, false FROM hub.job_done)
            SELECT (SELECT count(*) FROM place), (SELECT count(DISTINCT id) FROM place),
                   (SELECT count(*) FROM unnest($1::bigint[]) AS i (id) WHERE NOT EXISTS (SELECT FROM place p WHERE p.id = i.id)),
                   (SELECT count(*) FROM (SELECT FROM place WHERE has_turn AND key IS NOT NULL
                                          GROUP BY tenant_id, key HAVING count(*) > 1) AS crowd)
            """, [Array(ids)])[0]
        let (rows, jobs, lost, crowded) = try row.decode(Int.self, Int.self, Int.self, Int.self)
        #expect(
            rows == jobs && jobs == ids.count && lost == 0, "\(rows) rows of \(jobs) jobs, \(ids.count) enqueued, \(lost) lost")
        #expect(crowded == 0, "\(crowded) keys let several jobs through")
    }

    /// Nothing is paused any more, and time passes, until all has ended.
    func settle() async throws {
        for kind in ["a", "b"] { try await table.script("SELECT hub.job_resume($1, NULL)", [kind]) }
        for tenant in Int32(1)...3 { try await table.script("SELECT hub.job_resume(NULL, $1)", [tenant]) }
        try await eventually(within: .seconds(180), "every job has ended") {
            try await table.jump()
            return try await table.value(
                """
                SELECT NOT EXISTS (SELECT FROM hub.job_ready) AND NOT EXISTS (SELECT FROM hub.job_lease)
                       AND NOT EXISTS (SELECT FROM hub.job_later) AND NOT EXISTS (SELECT FROM hub.job_wait)
                """)
        }
    }

    func expectAllEnded() async throws {
        try await expectOnePlaceEach()
        let effects = try await table.run(
            "SELECT e.job_id, d.tenant_id, e.key FROM effect e LEFT JOIN hub.job_done d ON d.id = e.job_id ORDER BY e.place", []
        ).map { try $0.decode(Int64.self, Int32?.self, String?.self) }
        let done = try await table.run("SELECT id FROM hub.job_done WHERE outcome = 'done'", []).map { try $0.decode(Int64.self) }
        #expect(effects.count == Set(effects.map(\.0)).count, "an effect is there twice")
        #expect(Set(effects.map(\.0)) == Set(done), "who is done has an effect, and nobody else")
        let inOrder = effects.filter { $0.2 != nil && !reordered.contains($0.0) }
        for (line, jobs) in Dictionary(grouping: inOrder, by: { "\($0.1 ?? 0) \($0.2!)" }) {
            #expect(jobs.map(\.0) == jobs.map(\.0).sorted(), "order of \(line)")
        }
        #expect(try await table.value("SELECT count(*) FROM hub.job_key", as: Int64.self) == 0)
        #expect(try await table.value("SELECT count(*) FROM hub.job_unique", as: Int64.self) == 0)
    }
}
