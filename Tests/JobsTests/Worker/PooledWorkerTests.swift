import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import Jobs

/// Workers whose pool leads through PgBouncer in transaction mode.
@Suite(.database) struct PooledWorkerTests {
    struct Noting: JobHandler {
        static let kind = "a"
        let batchSize = 5
        let concurrency = 4
        func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
            .allDone(effects: [
                { connection in
                    let note = Statement("pooled_effect", "INSERT INTO effect (job_id) SELECT unnest($1::bigint[])")
                    try await connection.execute(note, [jobs.map(\.id)])
                }
            ])
        }
    }

    @Test("Jobs are worked once each, and a direct listener hears of them", arguments: [true, false])
    func works(listens: Bool) async throws {
        let direct = try await TestDatabase.current.fresh()
        try await PgBouncer.with { bouncer in
            var pooled = DatabaseConfiguration(bouncer.url(for: direct.url), applicationName: "pooled")
            pooled.pooling = .transaction
            pooled.statementTimeout = .seconds(30)
            pooled.idleInTransactionTimeout = .seconds(15)
            let database = Database(pooled, logger: JobWorkerTests.logger)
            try await database.withConnection { try await $0.run(script: "CREATE TABLE effect (job_id bigint PRIMARY KEY)") }
            let listener = listens ? Listener(DatabaseConfiguration(direct.url), logger: JobWorkerTests.logger) : nil
            var configuration = JobWorkerTests.configuration
            if listens {
                // So seldom that only the bell can be in time.
                configuration.pollAtMost = .seconds(60)
                configuration.pollAtLeast = .seconds(60)
            }
            let worker = JobWorker(
                database: database, listener: listener, program: "pooled", handlers: [Noting()], configuration: configuration,
                logger: JobWorkerTests.logger)
            let group = ServiceGroup(
                services: (listener.map { [$0] } ?? []) + [worker] as [any Service], logger: JobWorkerTests.logger)
            let running = Task { try await group.run() }
            let queue = JobQueue(database: database)
            for round in 1...3 {
                try await queue.enqueue((0..<50).map { NewJob(kind: "a", tenant: Int32($0 % 3), key: "k\($0 % 20)") })
                try await eventually(within: .seconds(50), "round \(round) is done") {
                    try await database.query(Statement("", "SELECT count(*) FROM effect"))[0][0].decode(Int.self) == round * 50
                }
            }
            await group.triggerGracefulShutdown()
            try await running.value
            let left = Statement(
                "", "SELECT (SELECT count(*) FROM hub.jobs WHERE state <> 'done') + (SELECT count(*) FROM hub.worker)")
            #expect(try await database.query(left)[0][0].decode(Int.self) == 0)
            await database.close()
        }
    }
}
