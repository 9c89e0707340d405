import EmbeddedPostgres
import Foundation
import Jobs
import Logging
import Postgres
import Schema

/// The server of the measurements, with the whole schema in it.
struct QueueWorld: Sendable {
    let server: EmbeddedPostgres
    let url: String
    let database: Database
    let queue: JobQueue

    static let logger: Logger = {
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return logger
    }()

    static func make(_ server: EmbeddedPostgres) async throws -> QueueWorld {
        let url = server.connectionString()
        var configuration = DatabaseConfiguration(url, applicationName: "bench")
        configuration.maximumConnections = 12
        let database = Database(configuration, logger: logger)
        _ = try await Migrator.migrate(on: database, logger: logger)
        return QueueWorld(server: server, url: url, database: database, queue: JobQueue(database: database))
    }

    func value<T: PostgresDecodable>(_ sql: String, as type: T.Type = T.self) async throws -> T {
        try await database.query(Statement("", sql))[0][0].decode(T.self)
    }

    func execute(_ sql: String) async throws { _ = try await database.execute(Statement("", sql)) }

    /// Empty tables, and a checkpoint behind us rather than ahead.
    func reset() async throws {
        try await execute(
            """
            TRUNCATE hub.job_ready, hub.job_lease, hub.job_later, hub.job_wait, hub.job_key, hub.job_unique, hub.job_done, hub.job_dead,
                     hub.job_stat, hub.job_depth, hub.job_bell, hub.worker
            """)
        try await execute("CHECKPOINT")
    }

    /// Enqueues jobs in calls of a thousand.
    func fill(_ jobs: Int, payload: Int = 16, tenants: Int = 1, keyed: Bool = false) async throws {
        // A JSON document of so many bytes.
        let text = String(repeating: "x", count: max(0, payload - 8))
        for start in stride(from: 0, to: jobs, by: 1000) {
            _ = try await queue.enqueue(
                (start..<min(jobs, start + 1000)).map {
                    NewJob(
                        kind: "noop", tenant: Int32($0 % tenants + 1), payload: JSONB("{\"d\":\"\(text)\"}"),
                        key: keyed ? "call/\($0)" : nil)
                })
        }
    }

    /// What a run did, told by the history that it left.
    struct Run {
        var perSecond: Double
        var batches: Double
        var walPerJob: Double
        var commitsPerJob: Double
        var jobs: Double
    }

    /// Runs `workers` processes until so many jobs are done.
    func work(_ jobs: Int, workers: Int = 1) async throws -> Run {
        try await observe(jobs) {
            let processes = try (0..<workers).map { _ in try QueueWorkerProcess.start(url: url) }
            defer { for process in processes { process.stop() } }
            let deadline = ContinuousClock.now + .seconds(300)
            while try await value("SELECT coalesce(sum(done), 0)::bigint FROM hub.job_stat", as: Int64.self) < Int64(jobs) {
                guard ContinuousClock.now < deadline else { throw BenchError("the workers did not finish \(jobs) jobs in 300 s") }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// The same functions driven by pgbench, one client, batches of a given size.
    func limit(_ jobs: Int, batch: Int) async throws -> Run {
        let worker = try await value(
            "SELECT hub.job_enter('pgbench', 'here', 1, hub.job_queue_id('default'), 1, '1 hour')", as: Int32.self)
        let script = """
            BEGIN;
            SELECT hub.job_complete(:worker, :ids::bigint[], :seqs::bigint[], :ms::integer[]);
            SELECT coalesce(array_agg(id), '{}') AS ids, coalesce(array_agg(seq), '{}') AS seqs, coalesce(array_agg(0), '{}') AS ms, \
            coalesce(max(seq), 0) AS low FROM hub.job_claim(:worker, 1::smallint, :batch, '{0}'::smallint[], '{1}'::integer[], \
            ARRAY[:low::bigint], ARRAY[:batch::integer]) \\gset
            COMMIT;
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "bench-queue-\(getpid()).sql")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await observe(jobs - batch) {
            try await Child.run(
                server.binaries.appending(path: "pgbench"),
                [
                    "-n", "-M", "prepared", "-c", "1", "-t", "\((jobs + batch - 1) / batch + 1)", "-D", "worker=\(worker)", "-D",
                    "ids={}",
                    "-D", "seqs={}", "-D", "ms={}", "-D", "low=0", "-D", "batch=\(batch)", "-f", file.path(), url,
                ])
        }
    }

    private func observe(_ jobs: Int, _ body: () async throws -> Void) async throws -> Run {
        let counters = """
            SELECT ARRAY[(pg_current_wal_lsn() - '0/0')::float8, xact_commit::float8] FROM pg_stat_database WHERE datname = current_database()
            """
        let before = try await value(counters, as: [Double].self)
        try await body()
        // The server's counters are up to a second behind.
        let lsn = try await value("SELECT (pg_current_wal_lsn() - '0/0')::float8", as: Double.self)
        try await Task.sleep(for: .milliseconds(1200))
        let after = try await value(counters, as: [Double].self)
        let history = try await value(
            """
            SELECT ARRAY[count(*)::float8, extract(epoch FROM max(finished_at) - min(claimed_at))::float8, count(DISTINCT finished_at)::float8]
            FROM hub.job_done WHERE claimed_at IS NOT NULL
            """, as: [Double].self)
        return Run(
            perSecond: history[0] / history[1], batches: history[2], walPerJob: (lsn - before[0]) / history[0],
            commitsPerJob: (after[1] - before[1]) / history[0], jobs: history[0])
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
