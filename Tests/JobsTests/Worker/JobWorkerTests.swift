import Foundation
import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Jobs

/// Workers on a real table: what comes of jobs when handlers, connections and workers fail.
@Suite(.database) struct JobWorkerTests {
    /// A handler that is a closure.
    struct Closure: JobHandler {
        static let kind = "a"
        var batchSize = 1
        var concurrency = 4
        let body: @Sendable ([Job]) async throws -> JobResults
        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults { try await body(jobs) }
    }

    /// Short times, so that tests are quick.
    static var configuration: JobWorkerConfiguration {
        var configuration = JobWorkerConfiguration()
        configuration.beat = .milliseconds(300)
        configuration.tend = .milliseconds(50)
        configuration.pollAtMost = .milliseconds(5)
        configuration.pollAtLeast = .milliseconds(50)
        configuration.grace = .seconds(5)
        return configuration
    }

    static var logger: Logger {
        var logger = Logger(label: "jobs")
        logger.logLevel = .critical
        return logger
    }

    /// Runs services while the body runs, then stops them gracefully.
    static func running<R: Sendable>(_ services: [any Service], _ body: @Sendable () async throws -> R) async throws -> R {
        let group = ServiceGroup(services: services, logger: Self.logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    @Test func jobsAreDoneWithTheirEffects() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(Closure(batchSize: 10) { .allDone(effects: [JobWorld.write($0)]) })
            try await Self.running([worker]) {
                try await world.queue.enqueue((0..<500).map { NewJob(kind: "a", tenant: Int32($0 % 7)) })
                try await eventually("all are done") { try await world.count("done") == 500 }
            }
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 500)
            #expect(try await world.table.value("SELECT count(*) FROM hub.worker", as: Int64.self) == 0)
            #expect(try await world.table.value("SELECT sum(done)::bigint FROM hub.job_stat", as: Int64.self) == 500)
        }
    }

    @Test func aCallGetsJobsOfOneTenantAndNoMoreThanItAskedFor() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(
                Closure(batchSize: 7) { jobs in
                    guard jobs.count <= 7, Set(jobs.map(\.tenant)).count == 1 else {
                        return JobResults(otherwise: .cancelled("bad batch"))
                    }
                    return .allDone()
                })
            try await Self.running([worker]) {
                try await world.queue.enqueue((0..<300).map { NewJob(kind: "a", tenant: Int32($0 % 5)) })
                try await eventually("all are finished") {
                    try await world.count("done", "cancelled") == 300
                }
            }
            #expect(try await world.count("cancelled") == 0)
        }
    }

    @Test func whatStandsStillHoldsUpNeitherOtherTenantsNorWhatIsMoreUrgent() async throws {
        try await JobWorld.with { world in
            let gate = Guarded(true)
            let worker = world.worker(
                Closure(batchSize: 5, concurrency: 4) { jobs in
                    guard jobs[0].tenant == 1, jobs[0].lane == .backfill else { return .allDone() }
                    while gate.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
                    return .allDone()
                }, change: { $0.maximumBuffered = 100 })
            try await Self.running([worker]) {
                try await world.queue.enqueue((0..<1_000).map { _ in NewJob(kind: "a", tenant: 1, lane: .backfill) })
                try await eventually("all places are taken, and what the worker holds besides is bounded") {
                    try await world.count("running") >= 20
                }
                try await world.queue.enqueue([NewJob(kind: "a", tenant: 2, lane: .backfill), NewJob(kind: "a", tenant: 1)])
                try await eventually("the others' are done") { try await world.count("done") == 2 }
                #expect(try await world.count("running") <= 20 + 100)
                gate.withLock { $0 = false }
                try await eventually("all are done") { try await world.count("done") == 1_002 }
            }
        }
    }

    @Test func outcomesGoWhereTheyShould() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(
                Closure { jobs in
                    struct Bad: Error {}
                    switch jobs[0].payload.text {
                    case let text where text.contains("dead"):
                        return JobResults(otherwise: .dead(JobFailure(code: "gone", message: "x", detail: "[1]")))
                    case let text where text.contains("retry"):
                        return jobs[0].attempt < 3
                            ? JobResults(otherwise: .retry(after: .milliseconds(1), JobFailure(code: "429", message: "wait")))
                            : .allDone()
                    case let text where text.contains("free"):
                        return jobs[0].attempt == 1 && jobs[0].enqueuedAt.timeIntervalSinceNow > -0.3
                            ? JobResults(
                                otherwise: .retry(
                                    after: .milliseconds(10), JobFailure(code: "429", message: "wait", countsAttempt: false)))
                            : .allDone()
                    case let text where text.contains("throw"): throw Bad()
                    case let text where text.contains("snooze"): return JobResults(otherwise: .snooze(until: Date() + 1000))
                    case let text where text.contains("cancel"): return JobResults(otherwise: .cancelled("because"))
                    case let text where text.contains("none"): return JobResults()
                    default: return JobResults(otherwise: .done(note: "noted"))
                    }
                })
            let kinds = ["dead", "retry", "free", "throw", "snooze", "cancel", "none", "done"]
            let ids = try await world.queue.enqueue(
                // More than there is time for: those that fail again and again are to be seen in retry with all others.
                kinds.map { NewJob(kind: "a", tenant: 1, payload: JSONB("{\"do\":\"\($0)\"}"), maxAttempts: 20) })
            let expected = ["dead", "done", "done", "retry", "snoozed", "cancelled", "retry", "done"]
            try await Self.running([worker]) {
                try await eventually("all are where they should be") {
                    for (id, state) in zip(ids, expected) where try await world.table.state(id) != state { return false }
                    return true
                }
            }
            let admin = JobAdmin(database: world.database)
            #expect(try await admin.show(ids[0])?.error?.text.contains("gone") == true)
            #expect(try await admin.show(ids[1])?.attempts == 3)
            #expect(try await admin.show(ids[2])?.attempts == 1)
            #expect(try await admin.show(ids[4])?.attempts == 0)
            #expect(try await admin.show(ids[5])?.note == "because")
            #expect(try await admin.show(ids[6])?.error?.text.contains("no_outcome") == true)
            #expect(try await admin.show(ids[7])?.note == "noted")
        }
    }

    @Test func oneCallThatCantBeWrittenDoesNotHarmOthers() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(
                Closure(batchSize: 10, concurrency: 2) { jobs in
                    .allDone(effects: [
                        JobWorld.write(jobs),
                        { connection in
                            guard jobs.contains(where: { $0.payload.text.contains("bad") }) else { return }
                            try await connection.execute(Statement("test_bad", "INSERT INTO effect (job_id) VALUES (NULL)"))
                        },
                    ])
                })
            let ids = try await world.queue.enqueue(
                (0..<100).map { NewJob(kind: "a", tenant: 1, payload: $0 == 42 ? #"{"x":"bad"}"# : "{}", maxAttempts: 2) })
            try await Self.running([worker]) {
                try await eventually("99 are done") {
                    try await world.table.script("UPDATE hub.job_later SET run_at = now() WHERE run_at > now()")
                    return try await world.count("done") == 99
                }
                try await eventually("the bad one is dead") {
                    try await world.table.script("UPDATE hub.job_later SET run_at = now() WHERE run_at > now()")
                    return try await world.table.state(ids[42]) == "dead"
                }
            }
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 99)
            #expect(
                try await world.table.value("SELECT error->>'code' FROM hub.job_dead", as: String.self) == "effect_failed")
        }
    }

    @Test(
        "A job whose statement ends its backend dies alone, whether its handler sends it or its effect", arguments: [false, true])
    func aJobThatEndsItsBackend(inEffect: Bool) async throws {
        try await JobWorld.with { world in
            let endBackend = Statement("test_end_backend", "SELECT pg_terminate_backend(pg_backend_pid())")
            let worker = world.worker(
                Closure(batchSize: 10, concurrency: 2) { jobs in
                    let isBad = jobs.contains { $0.payload.text.contains("bad") }
                    if isBad, !inEffect { _ = try await world.database.query(endBackend) }
                    return .allDone(effects: [
                        JobWorld.write(jobs),
                        { connection in if isBad, inEffect { _ = try await connection.query(endBackend) } },
                    ])
                })
            let ids = try await world.queue.enqueue(
                (0..<30).map { NewJob(kind: "a", tenant: 1, payload: $0 == 12 ? #"{"x":"bad"}"# : "{}", maxAttempts: 2) })
            try await Self.running([worker]) {
                try await eventually("the bad one is dead, all others are done") {
                    try await world.table.script("UPDATE hub.job_later SET run_at = now() WHERE run_at > now()")
                    let dead = try await world.table.state(ids[12]) == "dead"
                    return try await world.count("done") == 29 && dead
                }
            }
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 29)
            let error = try await world.table.run("SELECT error->>'code', (error->>'spared')::integer FROM hub.job_dead", [])[0]
                .decode(String.self, Int.self)
            // Three times spared, then both of its attempts.
            #expect(error == ("database", 5))
            #expect(try await world.table.value("SELECT count(*) FROM hub.job_done WHERE attempts > 1", as: Int64.self) == 0)
        }
    }

    @Test func aNoteThatCantBeStoredFailsItsJobOnly() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(
                Closure(batchSize: 1) { JobResults(otherwise: .done(note: $0[0].payload.text.contains("bad") ? "nul \0" : nil)) })
            try await world.queue.enqueue(
                (0..<20).map { NewJob(kind: "a", tenant: 1, payload: $0 == 7 ? #"{"x":"bad"}"# : "{}", maxAttempts: 1) })
            try await Self.running([worker]) {
                try await eventually("all are finished") { try await world.count("done", "dead") == 20 }
            }
            #expect(try await world.count("done") >= 19)
        }
    }

    @Test func aStoppingWorkerHandsBackWhatItHasNotBegun() async throws {
        try await JobWorld.with { world in
            let begun = Guarded(0)
            let worker = world.worker(
                Closure(batchSize: 1, concurrency: 1) { _ in
                    begun.withLock { $0 += 1 }
                    try? await Task.sleep(for: .milliseconds(200))
                    return .allDone()
                })
            try await world.queue.enqueue((0..<50).map { _ in NewJob(kind: "a", tenant: 1) })
            try await Self.running([worker]) {
                try await eventually("one has begun") { begun.withLock { $0 } > 0 }
            }
            let done = try await world.count("done")
            #expect(done == begun.withLock { $0 })
            #expect(try await world.count("ready") == 50 - done)
            #expect(try await world.table.value("SELECT max(attempts)::bigint FROM hub.job_ready", as: Int64.self) == 0)
            #expect(try await world.table.value("SELECT count(*) FROM hub.worker", as: Int64.self) == 0)
        }
    }

    @Test func aHandlerThatDoesNotEndIsCancelledAfterTheGraceAndItsJobHandedBack() async throws {
        try await JobWorld.with { world in
            let began = Guarded(false)
            let worker = world.worker(
                Closure { _ in
                    began.withLock { $0 = true }
                    try await Task.sleep(for: .seconds(60))
                    return .allDone()
                }
            ) { $0.grace = .milliseconds(100) }
            try await world.queue.enqueue([NewJob(kind: "a", tenant: 1)])
            try await Self.running([worker]) {
                try await eventually("it has begun") { began.withLock { $0 } }
            }
            #expect(try await world.count("ready") == 1)
        }
    }

    @Test func aWorkerThatCantBeatStopsItsHandlersAndOthersTakeOver() async throws {
        try await JobWorld.with { world in
            let cancelled = Guarded(0)
            let runs = Guarded(0)
            let handler = Closure { jobs in
                let first = runs.withLock { runs in
                    runs += 1
                    return runs == 1
                }
                if first {
                    do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.withLock { $0 += 1 } }
                }
                return .allDone(effects: [JobWorld.write(jobs)])
            }
            let worker = world.worker(handler)
            try await world.queue.enqueue([NewJob(kind: "a", tenant: 1)])
            try await Self.running([worker]) {
                try await eventually("it runs") { runs.withLock { $0 } == 1 }
                // The worker's row goes as if it had been found lost.
                try await world.table.script("DELETE FROM hub.worker")
                try await eventually("the job is done by the second attempt") { try await world.count("done") == 1 }
            }
            #expect(cancelled.withLock { $0 } == 1)
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 1)
        }
    }

    @Test func theDatabaseMayGoAndComeBack() async throws {
        try await JobWorld.with { world in
            let victim = Database(
                DatabaseConfiguration(world.database.configuration.connectionString, applicationName: "victim"),
                logger: Self.logger)
            let worker = JobWorker(
                database: victim, listener: nil, program: "test", handlers: [Closure { .allDone(effects: [JobWorld.write($0)]) }],
                configuration: Self.configuration, logger: Self.logger)
            try await Self.running([worker]) {
                for _ in 0..<5 {
                    try await world.queue.enqueue((0..<100).map { _ in NewJob(kind: "a", tenant: 1) })
                    try await world.table.script(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = 'victim'
                        """)
                }
                try await eventually("all are done") { try await world.count("done") == 500 }
            }
            #expect(try await world.table.value("SELECT count(*) FROM effect", as: Int64.self) == 500)
            await victim.close()
        }
    }

    @Test func anIdleWorkerIsWokenByTheBell() async throws {
        try await JobWorld.with { world in
            let url = world.database.configuration.connectionString
            let listener = Listener(DatabaseConfiguration(url), logger: Self.logger)
            let worker = world.worker(Closure { _ in .allDone() }, listener: listener) {
                $0.pollAtMost = .seconds(60)
                $0.pollAtLeast = .seconds(60)
            }
            try await Self.running([listener, worker]) {
                for round in 1...5 {
                    try await eventually("the worker sleeps") {
                        try await world.table.value("SELECT count(*) FROM hub.job_bell", as: Int64.self) == 1
                    }
                    try await world.queue.enqueue([NewJob(kind: "a", tenant: 1)])
                    try await eventually("it is done") { try await world.count("done") == round }
                }
            }
        }
    }

    @Test func jobsOfAKindThatNobodyKnowsArePutOff() async throws {
        try await JobWorld.with { world in
            let worker = world.worker(Closure { _ in .allDone() })
            let ids = try await world.queue.enqueue([NewJob(kind: "unknown", tenant: 1), NewJob(kind: "a", tenant: 1)])
            try await Self.running([worker]) {
                try await eventually("both are seen") {
                    let states = [try await world.table.state(ids[0]), try await world.table.state(ids[1])]
                    return states == ["retry", "done"]
                }
            }
            #expect(try await world.table.value("SELECT attempts::integer FROM hub.job_later", as: Int32.self) == 0)
        }
    }

    @Test func eachSlotOfAScheduleIsFiredOnceByManyWorkers() async throws {
        try await JobWorld.with { world in
            let slots = Guarded<[Int64: String]>([:])
            let handler = Closure { jobs in
                slots.withLock { for job in jobs { $0[job.id] = job.payload.text } }
                return .allDone()
            }
            try await JobSchedules(database: world.database).ensure([
                Schedule(name: "tick", kind: "a", slots: .every(.milliseconds(200)), catchesUp: true)
            ])
            try await Self.running((0..<4).map { _ in world.worker(handler) }) {
                try await eventually("ten slots") { slots.withLock { $0.count } >= 10 }
            }
            let fired = slots.withLock { $0 }
            // A job may run twice when this machine stalls for a lease; a slot has one job all the same.
            #expect(Set(fired.values).count == fired.count)
            // Also of the jobs that were handed back when the workers stopped.
            let all = try await world.table.run(
                "SELECT (payload->>'slot')::timestamptz FROM hub.jobs ORDER BY 1", []
            ).map { try $0.decode(Date.self) }
            for (slot, next) in zip(all, all.dropFirst()) { #expect(abs(next.timeIntervalSince(slot) - 0.2) < 0.001) }
        }
    }
}
