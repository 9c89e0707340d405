import Foundation
import Jobs
import Postgres
import ServiceLifecycle
import Synchronization

/// The measurements. Variants that are compared take turns within a round, so that a neighbour's load hits all of them.
enum QueueFigures {
    static func worked(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        var (free, limit, held, keyed, large, tenants): ([Double], [Double], [Double], [Double], [Double], [Double]) = (
            [], [], [], [], [], []
        )
        var (wal, commits): ([Double], [Double]) = ([], [])
        for round in 0..<max(sizes.rounds, sizes.unsteadyRounds) {
            try await world.reset()
            try await world.fill(sizes.jobs)
            let run = try await world.work(sizes.jobs)
            free.append(run.perSecond)
            wal.append(run.walPerJob)
            commits.append(run.commitsPerJob)

            try await world.reset()
            try await world.fill(sizes.jobs, keyed: true)
            keyed.append(try await world.work(sizes.jobs).perSecond)
            guard round < sizes.rounds else { continue }

            try await world.reset()
            try await world.fill(sizes.jobs)
            limit.append(try await world.limit(sizes.jobs, batch: max(1, Int((run.jobs / run.batches).rounded()))).perSecond)

            try await world.reset()
            try await world.fill(sizes.jobs)
            held.append(try await whileHoldingASnapshot(world) { try await world.work(sizes.jobs).perSecond })

            try await world.reset()
            try await world.fill(sizes.jobs / 2, payload: 1024)
            large.append(try await world.work(sizes.jobs / 2).perSecond)

            try await world.reset()
            try await world.fill(sizes.jobs, tenants: 1000)
            tenants.append(try await world.work(sizes.jobs).perSecond)
        }
        report.add("worked_per_s", medianOf: free)
        report.add("pgbench_per_s", medianOf: limit)
        report.add("limit_ratio", medianOf: ratios(free, limit))
        report.add("held_snapshot_ratio", medianOf: ratios(held, free))
        report.add("keyed_ratio", medianOf: ratios(keyed, free))
        report.add("worked_1kb_per_s", medianOf: large)
        report.add("worked_1000_tenants_per_s", medianOf: tenants)
        report.add("wal_bytes_per_job", medianOf: wal)
        report.add("commits_per_job", medianOf: commits)
    }

    private static func ratios(_ some: [Double], _ others: [Double]) -> [Double] { zip(some, others).map { $0 / $1 } }

    private static func whileHoldingASnapshot<R: Sendable>(_ world: QueueWorld, _ body: () async throws -> R) async throws -> R {
        try await world.database.withTransaction(TransactionOptions(isolation: .repeatableRead)) { connection in
            _ = try await connection.query(Statement("", "SELECT count(*) FROM hub.tenant"))
            return try await body()
        }
    }

    static func enqueue(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        try await world.execute("CREATE TABLE IF NOT EXISTS bare (LIKE hub.job_ready INCLUDING ALL)")
        let bare = Statement(
            "bench_bare",
            """
            INSERT INTO bare (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            VALUES (nextval('hub.job_seq'), currval('hub.job_seq'), 1, 1, 1, 0, 20, $1) RETURNING id
            """)
        var (bulk, ratio): ([Double], [Double]) = ([], [])
        for _ in 0..<sizes.rounds {
            try await world.reset()
            try await world.execute("TRUNCATE bare")
            let began = ContinuousClock.now
            try await world.fill(sizes.jobs)
            bulk.append(Double(sizes.jobs) / seconds(since: began))

            // One after another in small blocks, so that both see the same disk.
            var (ours, theirs) = (Duration.zero, Duration.zero)
            let job = NewJob(kind: "noop", tenant: 1, payload: #"{"d":"xxxxxxxx"}"#)
            for _ in 0..<(sizes.singles / 20) {
                var start = ContinuousClock.now
                for _ in 0..<20 {
                    try await world.database.withTransaction { _ = try await world.queue.enqueue([job], on: $0) }
                }
                ours += .now - start
                start = .now
                for _ in 0..<20 {
                    try await world.database.withTransaction { _ = try await $0.query(bare, [job.payload]) }
                }
                theirs += .now - start
            }
            ratio.append(theirs / ours)
        }
        report.add("bulk_enqueue_per_s", medianOf: bulk)
        report.add("single_enqueue_ratio", medianOf: ratio)
    }

    /// From the return of the commit to the first line of the handler, with one idle worker.
    static func pickup(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        struct Stopwatch: JobHandler {
            static let kind = "stopwatch"
            let begun: @Sendable () -> Void
            func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
                begun()
                return .allDone()
            }
        }
        try await world.reset()
        let (beginnings, tell) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let configuration = DatabaseConfiguration(world.url, applicationName: "bench worker")
        let database = Database(configuration, logger: QueueWorld.logger)
        let listener = Listener(configuration, logger: QueueWorld.logger)
        let worker = JobWorker(
            database: database, listener: listener, program: "bench", handlers: [Stopwatch { tell.yield(.now) }],
            logger: QueueWorld.logger)
        let services = ServiceGroup(services: [database, listener, worker], logger: QueueWorld.logger)
        var times: [Double] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await Task.sleep(for: .seconds(1))
            var next = beginnings.makeAsyncIterator()
            for _ in 0..<sizes.pickups {
                try await Task.sleep(for: .milliseconds(Int.random(in: 10...40)))
                try await world.database.withTransaction {
                    _ = try await world.queue.enqueue([NewJob(kind: "stopwatch", tenant: 1)], on: $0)
                }
                let committed = ContinuousClock.now
                await world.queue.ring()
                guard let begun = await next.next() else { break }
                times.append((begun - committed) / .milliseconds(1))
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        times.sort()
        report.add("pickup_p50_ms", times[times.count / 2])
        report.add("pickup_p99_ms", times[min(times.count - 1, times.count * 99 / 100)], "max \(QueueReport.text(times.last!))")
    }

    /// Enqueueing and ringing by four clients while nobody sleeps, with eight listeners and without.
    static func notify(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        var ratio: [Double] = []
        for _ in 0..<sizes.rounds {
            try await world.reset()
            let alone = try await enqueueRate(world, sizes.singles)
            let listeners = (0..<8).map { _ in Listener(DatabaseConfiguration(world.url), logger: QueueWorld.logger) }
            let heard = try await withThrowingTaskGroup(of: Void.self) { group in
                for listener in listeners {
                    group.addTask { try await listener.run() }
                    group.addTask { for await _ in listener.notifications(on: "trunkline_jobs") {} }
                }
                try await Task.sleep(for: .milliseconds(300))
                let rate = try await enqueueRate(world, sizes.singles)
                group.cancelAll()
                return rate
            }
            ratio.append(heard / alone)
        }
        report.add("listeners_ratio", medianOf: ratio)
    }

    private static func enqueueRate(_ world: QueueWorld, _ jobs: Int) async throws -> Double {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<(jobs / 4) {
                        try await world.database.withTransaction {
                            _ = try await world.queue.enqueue([NewJob(kind: "noop", tenant: 1)], on: $0)
                        }
                        await world.queue.ring()
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(jobs) / seconds(since: began)
    }

    static func instances(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        var rates: [Int: [Double]] = [:]
        for _ in 0..<sizes.unsteadyRounds {
            for workers in [1, 2, 4] {
                try await world.reset()
                try await world.fill(sizes.jobs)
                rates[workers, default: []].append(try await world.work(sizes.jobs, workers: workers).perSecond)
            }
        }
        report.add("two_instances_ratio", medianOf: ratios(rates[2]!, rates[1]!))
        report.add("four_to_two_ratio", medianOf: ratios(rates[4]!, rates[2]!))
    }

    /// With a long history behind and a long queue ahead.
    static func backlog(_ world: QueueWorld, _ sizes: QueueSizes, _ report: inout QueueReport) async throws {
        var (free, behind): ([Double], [Double]) = ([], [])
        for _ in 0..<sizes.rounds {
            try await world.reset()
            try await world.fill(sizes.jobs)
            free.append(try await world.work(sizes.jobs).perSecond)
        }
        try await world.reset()
        try await world.execute(
            """
            INSERT INTO hub.job_done (id, enqueued_at, finished_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts, payload)
            SELECT n, now(), now() - interval '1 hour', 1, 1, 1, 1, 1, 0, 1, '{"d":"xxxxxxxx"}' FROM generate_series(1, \(sizes.archived)) AS n
            """)
        try await world.fill(sizes.waiting)
        try await world.execute("CHECKPOINT")
        for _ in 0..<sizes.rounds {
            try await world.execute("UPDATE hub.job_done SET claimed_at = NULL WHERE claimed_at IS NOT NULL")
            try await world.execute("TRUNCATE hub.job_stat")
            behind.append(try await world.work(sizes.jobs).perSecond)
        }
        report.add(
            "backlog_ratio", QueueReport.median(behind) / QueueReport.median(free),
            "of \(free.map(QueueReport.text)): \(behind.map(QueueReport.text))")
    }

    private static func seconds(since began: ContinuousClock.Instant) -> Double { (ContinuousClock.now - began) / .seconds(1) }
}
