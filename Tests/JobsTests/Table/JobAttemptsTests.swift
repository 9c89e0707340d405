import Postgres
import TestSupport
import Testing

/// What a job keeps of its attempts that failed.
@Suite(.database) struct JobAttemptsTests {
    private struct Failure: Decodable, Equatable {
        var code: String?
        var message: String?
        var attempt: Int?
        var worker: Int32?
        var at: String?
        var earlier: [Failure]?
    }

    private func failure(of job: Int64, in database: Database) async throws -> Failure? {
        let error = try await database.query(Statement("", "SELECT error FROM hub.jobs WHERE id = $1"), [job])[0].decode(
            JSONB?.self)
        return try error?.decode()
    }

    @Test func theNewestTwentyStayWithTheJobIntoItsHistory() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let worker = try await table.enter()
        let job = try await table.add(key: "x", attempts: 100)
        for number in 1...25 {
            try await table.fail(worker, try await table.claim(worker), "retry")
            let failure = try #require(try await failure(of: job, in: database))
            #expect(failure.attempt == number && failure.worker == worker && failure.code == "test")
            #expect(failure.earlier?.compactMap(\.attempt) ?? [] == Array(max(1, number - 19)..<number))
            try await table.jump()
            try await table.script("SELECT hub.job_promote()")
        }
        // To be put off is no failure.
        try await table.fail(worker, try await table.claim(worker), "snooze", withError: false)
        try await table.jump()
        try await table.script("SELECT hub.job_promote()")
        try await table.complete(worker, try await table.claim(worker))
        #expect(try await table.state(job) == "done")
        let kept = try #require(try await failure(of: job, in: database))
        #expect(kept.attempt == 25)
        #expect(kept.earlier?.count == 19)
        for earlier in kept.earlier ?? [] {
            #expect(earlier.at != nil && earlier.worker == worker && earlier.message == "as asked" && earlier.earlier == nil)
        }
        await database.close()
    }

    @Test func aLostWorkerIsAmongThem() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let (first, second) = (try await table.enter(), try await table.enter())
        let job = try await table.add()
        try await table.fail(first, try await table.claim(first), "retry")
        try await table.jump()
        try await table.script("SELECT hub.job_promote()")
        _ = try await table.claim(second)
        try await table.expire(second)
        try await table.script("SELECT hub.job_rescue()")
        let failure = try #require(try await failure(of: job, in: database))
        #expect(failure.code == "worker_lost" && failure.worker == second)
        #expect(failure.earlier?.map(\.worker) == [first])
        await database.close()
    }

    @Test func aJobThatNeverFailedKeepsNothing() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let table = JobTable(database)
        let worker = try await table.enter()
        let job = try await table.add()
        try await table.complete(worker, try await table.claim(worker))
        #expect(try await failure(of: job, in: database) == nil)
        await database.close()
    }

    @Test func ofALongMessageTheBeginningIsKept() async throws {
        let database = try await TestDatabase.current.fresh().connect(maximumConnections: 2)
        let earlier = try await database.query(
            Statement(
                "",
                "SELECT hub.job_earlier(jsonb_build_object('code', 'E', 'message', repeat('x', 5000), 'detail', repeat('y', 5000)))"
            ))
        let kept = try earlier[0].decode(JSONB.self).decode(Failure.self).earlier
        #expect(kept == [Failure(code: "E", message: String(repeating: "x", count: 200))])
        await database.close()
    }
}
