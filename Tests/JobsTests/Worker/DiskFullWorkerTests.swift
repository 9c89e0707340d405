import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Jobs

/// Workers on a database whose disk is full.
@Suite(.database) struct DiskFullWorkerTests {
    /// Writes once while it runs and once with its end.
    struct Writing: JobHandler {
        static let kind = "a"
        let batchSize = 5
        let database: Database

        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
            let ids = jobs.map(\.id)
            let begun = "INSERT INTO begun SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING"
            try await database.execute(Statement("disk_begun", begun), [ids])
            return .allDone(effects: [
                { try await $0.execute(Statement("disk_ended", "INSERT INTO ended SELECT unnest($1::bigint[])"), [ids]) }
            ])
        }
    }

    @Test(
        "Every job is done once when there is room again, whichever write was refused",
        arguments: ["begun", "ended", "hub.job_done"])
    func goesOn(table: String) async throws {
        let fresh = try await TestDatabase.current.fresh()
        let database = fresh.connect(maximumConnections: 4)
        let jobs = JobTable(database)
        try await jobs.script("CREATE TABLE begun (job_id bigint PRIMARY KEY)")
        try await jobs.script("CREATE TABLE ended (job_id bigint PRIMARY KEY)")
        let disk = try await FullDisk.under([table], of: fresh.url)
        let told = Guarded<PostgresError?>(nil)
        var configuration = JobWorkerTests.configuration
        // Each job has one attempt, and a machine that stands still would cost it.
        configuration.lease = .seconds(60)
        configuration.fence = .seconds(45)
        configuration.onTrouble = { error in told.withLock { $0 = error } }
        let worker = JobWorker(
            database: database, listener: nil, program: "test", handlers: [Writing(database: database)],
            configuration: configuration, logger: JobWorkerTests.logger)
        try await eventually("jobs can be made") {
            let new = (0..<20).map { NewJob(kind: "a", tenant: Int32($0 % 2), unique: "\($0)", maxAttempts: 1) }
            return (try? await JobQueue(database: database).enqueue(new)) != nil
        }
        let running = Task { try await worker.run() }
        try await eventually("it is told") { told.withLock { $0 }?.code == .diskFull }
        #expect(try await jobs.value("SELECT count(*) FROM hub.job_dead", as: Int.self) == 0)
        try await disk.free()
        try await eventually("all are done") {
            let done = try? await jobs.value("SELECT count(*) FROM hub.job_done", as: Int.self)
            return done == 20 && told.withLock { $0 } == nil
        }
        #expect(try await jobs.value("SELECT count(*) FROM ended", as: Int.self) == 20)
        #expect(try await jobs.value("SELECT count(*) FROM hub.jobs WHERE state <> 'done'", as: Int.self) == 0)
        running.cancel()
        _ = await running.result
        await database.close()
    }
}
