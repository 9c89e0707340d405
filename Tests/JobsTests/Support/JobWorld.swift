import Postgres
import TestSupport

@testable import Jobs

/// A job table of its own, workers on it, and a table for what they write.
struct JobWorld: Sendable {
    let database: Database
    let table: JobTable
    let queue: JobQueue

    static func with(_ body: (JobWorld) async throws -> Void) async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 8)
        let table = JobTable(database)
        try await table.script("UPDATE hub.job_chore SET every = '50 ms'")
        try await table.script("CREATE TABLE effect (job_id bigint PRIMARY KEY, key text, place bigserial)")
        try await body(JobWorld(database: database, table: table, queue: JobQueue(database: database)))
        await database.close()
    }

    /// A worker with short times.
    func worker(
        _ handlers: any JobHandler..., listener: Listener? = nil, change: (inout JobWorkerConfiguration) -> Void = { _ in }
    ) -> JobWorker {
        var configuration = JobWorkerTests.configuration
        change(&configuration)
        return JobWorker(
            database: database, listener: listener, program: "test", handlers: handlers, configuration: configuration,
            logger: JobWorkerTests.logger)
    }

    func count(_ states: String...) async throws -> Int {
        Int(try await table.value("SELECT count(*) FROM hub.jobs WHERE state = ANY ($1)", [states], as: Int64.self))
    }

    /// An effect that can't be there twice.
    static func write(_ jobs: [Job]) -> @Sendable (Connection) async throws -> Void {
        { connection in
            for job in jobs {
                try await connection.execute(
                    Statement("test_effect", "INSERT INTO effect (job_id, key) VALUES ($1, $2)"), [job.id, job.key])
            }
        }
    }
}
