import Jobs
import Postgres
import TestSupport
import Testing

@Suite(.database) struct JobsCommandTests {
    private struct Listed: Decodable {
        var job: Int64
        var state: String
        var kind: String
        var error: String?
    }

    private struct Count: Decodable { var jobs: Int }

    /// A job as a worker leaves it that gave up.
    private func dead(code: String, on database: Database) async throws -> Int64 {
        let id = try await JobQueue(database: database).enqueue([NewJob(kind: "test.die", tenant: 0, maxAttempts: 3)])[0]
        try await database.execute(
            Statement(
                "",
                """
                WITH gone AS (DELETE FROM hub.job_ready WHERE id = $1 RETURNING *)
                INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo, error, payload)
                SELECT id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, 3, max_attempts, solo,
                       jsonb_build_object('code', $2::text, 'message', 'no luck', 'attempt', 3, 'at', now(), 'worker', 9, 'earlier',
                           jsonb_build_array(jsonb_build_object('code', 'first', 'attempt', 1, 'at', now() - interval '1 hour'))), payload
                FROM gone
                """), [id, code])
        return id
    }

    @Test func `jobs are listed, shown, retried and cancelled`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        let (first, second) = (try await dead(code: "gone", on: database), try await dead(code: "busy", on: database))

        let list = try await CommandRun.of("jobs", "list", "--state", "dead", "--format", "json", database: url)
        #expect(try list.json([Listed].self).map(\.error).contains("gone: no luck"))

        let shown = try await CommandRun.of("jobs", "show", "\(first)", database: url)
        #expect(shown.output.contains("given up"))
        #expect(shown.output.contains("no luck"))
        #expect(shown.output.contains(/ATTEMPT  FAILED AT +WORKER  ERROR\n +1  .* first\n +3  .* 9  gone: no luck/))
        #expect(!shown.output.contains("earlier"))
        #expect(try await CommandRun.of("jobs", "show", "999999", database: url).status == 1)

        let retried = try await CommandRun.of("jobs", "retry", "--dead", "--code", "gone", database: url)
        #expect(retried.output == "1 jobs run again")
        let left = try await CommandRun.of("jobs", "list", "--state", "dead", "--format", "json", database: url)
        #expect(try left.json([Listed].self).map(\.job) == [second])

        let cancelled = try await CommandRun.of("jobs", "cancel", "\(second)", "--note", "not needed", database: url)
        #expect(cancelled.status == 0)
        let past = try await CommandRun.of("jobs", "show", "\(second)", database: url)
        #expect(past.output.contains("cancelled"))
        #expect(past.output.contains("not needed"))

        let missing = try await CommandRun.of("jobs", "retry", "\(second)", database: url)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("\(second)"))

        let actions = try await database.query(
            Statement(
                "", "SELECT action FROM hub.operator_action WHERE action IN ('jobs.retry', 'jobs.cancel') ORDER BY action_id")
        ).map { try $0.decode(String.self) }
        #expect(actions == ["jobs.retry", "jobs.cancel"])
        await database.close()
    }

    @Test func `what can't be noted is not done`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        try await database.execute(
            Statement(
                "",
                "ALTER TABLE hub.operator_action ADD CONSTRAINT test_refused CHECK (detail ->> 'note' IS DISTINCT FROM 'refused')"
            ))
        let job = try await JobQueue(database: database).enqueue([NewJob(kind: "test.keep", tenant: 0)])[0]
        let refused = try await CommandRun.of("jobs", "cancel", "\(job)", "--note", "refused", database: url)
        #expect(refused.status == 1)
        #expect(try await JobAdmin(database: database).show(job)?.state == "ready")
        await database.close()
    }

    @Test func `the past is read page by page`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        let jobs = try await JobQueue(database: database).enqueue((0..<3).map { _ in NewJob(kind: "test.page", tenant: 0) })
        for job in jobs { _ = try await JobAdmin(database: database).cancel([job], reason: "test") }
        func page(_ arguments: String...) async throws -> CommandRun {
            try await CommandRun.of(
                ["jobs", "list", "--kind", "test.page", "--limit", "2", "--format", "json"] + arguments, database: url)
        }
        #expect(try await page("--state", "cancelled").json([Listed].self).map(\.job) == [jobs[2], jobs[1]])
        #expect(try await page("--state", "cancelled", "--after", "\(jobs[1])").json([Listed].self).map(\.job) == [jobs[0]])
        #expect(try await page("--state", "cancelled", "--after", "999999").status == 1)
        #expect(try await page("--state", "cancelled", "ready", "--after", "1").status == 64)
        await database.close()
    }

    @Test func `a pause is made with a reason, is seen, and ends`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        _ = try await JobQueue(database: database).enqueue([NewJob(kind: "test.pause", tenant: 0)])
        await database.close()
        #expect(try await CommandRun.of("jobs", "pause", "--kind", "test.pause", database: url).status == 64)
        let paused = try await CommandRun.of(
            "jobs", "pause", "--kind", "test.pause", "--reason", "the vendor is down", database: url)
        #expect(paused.status == 0)
        let seen = try await CommandRun.of("jobs", "counts", database: url)
        #expect(seen.output.contains("paused: test.pause of every tenant"))
        #expect(seen.output.contains("the vendor is down"))
        #expect(try await CommandRun.of("jobs", "resume", database: url).status == 1)
        #expect(try await CommandRun.of("jobs", "resume", "--kind", "test.pause", database: url).status == 0)
        #expect(try await CommandRun.of("jobs", "counts", database: url).output.contains("paused") == false)
    }

    @Test(arguments: [
        ["jobs", "pause", "--kind", "call.wirte", "--reason", "test"], ["jobs", "resume", "--kind", "call.wirte"],
        ["jobs", "list", "--kind", "call.wirte"], ["jobs", "retry", "--dead", "--kind", "call.wirte"],
    ])
    func `a kind that is none is refused with those there are`(arguments: [String]) async throws {
        let run = try await CommandRun.of(arguments, database: try await OperatorLogin.url())
        #expect(run.status == 64)
        #expect(run.errors.contains("there is no kind of job `call.wirte`") && run.errors.contains("call.write, "))
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func `a kind may be paused before the hub has seen one`() async throws {
        let url = try await TestDatabase.current.fresh().url
        #expect(
            try await CommandRun.of("jobs", "pause", "--kind", "callback.write", "--reason", "restored", database: url).status
                == 0)
    }
}
