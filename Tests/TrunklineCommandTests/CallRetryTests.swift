import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

@Suite(.database) struct CallRetryTests {
    /// A call as housekeeping leaves it when its job is gone.
    private func call(_ state: String, reason: String?, on database: Database) async throws -> UUID {
        let id = UUID()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ($1) RETURNING tenant_id"), ["t" + id.uuidString.lowercased()])[0]
            .decode(Int32.self)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.call (tenant_id, call_id, call_day, state, reason, privacy, direction, answered, started_at,
                                      talk_seconds, legs, content_hash, activity_id)
                VALUES ($1, $2, now()::date, $3, $4, 'work', 'inbound', true, now(), 60, '[]', 0, gen_random_uuid())
                """), [tenant, id, state, reason])
        return id
    }

    @Test func `a dead call whose job is gone gets a new one, and the dead job of another runs again`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        let id = try await call("dead", reason: "job_lost", on: database)
        let name = id.uuidString.lowercased()
        let made = try await CommandRun.of("jobs", "retry", "--call", name, database: url)
        #expect(made.status == 0, "\(made.errors)")
        let job = try await database.query(
            Statement("", "SELECT id, kind, state FROM hub.jobs WHERE key = $1"), [name]
        ).map { try $0.decode(Int64.self, String.self, String.self) }
        #expect(job.map(\.1) == ["call.write"] && job.map(\.2) == ["ready"])
        #expect(made.output.contains("job \(job[0].0) was made"))

        // Once more while that one is there: refused, and nothing is noted.
        let again = try await CommandRun.of("jobs", "retry", "--call", name, database: url)
        #expect(again.status == 1)
        #expect(again.errors.contains("under way"))

        try await database.execute(
            Statement(
                "",
                """
                WITH gone AS (DELETE FROM hub.job_ready WHERE id = $1 RETURNING *), free AS (DELETE FROM hub.job_key WHERE key = $2)
                INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo, key, payload)
                SELECT id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, 20, max_attempts, solo, key, payload FROM gone
                """), [job[0].0, name])
        let revived = try await CommandRun.of("jobs", "retry", "--call", name, database: url)
        #expect(revived.output.contains("job \(job[0].0) runs again"), "\(revived.errors)")
        #expect(try await JobAdmin(database: database).show(job[0].0)?.state == "ready")

        let actions = try await database.query(
            Statement("", "SELECT count(*) FROM hub.operator_action WHERE action = 'call.retry' AND target = $1"), [name])[0]
            .decode(Int64.self)
        let story = try await database.query(
            Statement("", "SELECT count(*) FROM hub.timeline WHERE event = 'revived' AND subject_id = $1"), [id])[0]
            .decode(Int64.self)
        #expect(actions == 2 && story == 2)
        await database.close()
    }

    @Test func `what can't be noted is not made`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        let id = try await call("dead", reason: "job_lost", on: database)
        let name = id.uuidString.lowercased()
        try await database.execute(
            Statement("", "ALTER TABLE hub.operator_action ADD CONSTRAINT test_refused CHECK (target <> '\(name)')"))
        #expect(try await CommandRun.of("jobs", "retry", "--call", name, database: url).status == 1)
        #expect(try await database.query(Statement("", "SELECT FROM hub.jobs WHERE key = $1"), [name]).isEmpty)
        #expect(
            try await database.query(Statement("", "SELECT FROM hub.timeline WHERE subject_id = $1"), [id]).isEmpty)
        await database.close()
    }

    @Test(arguments: [("pending", nil), ("skipped", "private"), ("dead", "unreadable")] as [(String, String?)])
    func `a call that has nothing to retry is refused`(state: String, reason: String?) async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 2)
        let name = try await call(state, reason: reason, on: database).uuidString.lowercased()
        #expect(try await CommandRun.of("jobs", "retry", "--call", name, database: url).status == 1)
        #expect(try await database.query(Statement("", "SELECT FROM hub.jobs WHERE key = $1"), [name]).isEmpty)
        await database.close()
    }

    @Test func `a call that nobody knows, no call and too much are told apart`() async throws {
        let url = try await OperatorLogin.url()
        let unknown = UUID().uuidString
        #expect(try await CommandRun.of("jobs", "retry", "--call", unknown, database: url).status == 1)
        #expect(try await CommandRun.of("jobs", "retry", "--call", "12", database: url).status == 64)
        #expect(try await CommandRun.of("jobs", "retry", "7", "--call", unknown, database: url).status == 64)
        #expect(try await CommandRun.of("jobs", "retry", database: url).status == 64)
        #expect(try await CommandRun.of("jobs", "cancel", database: url).status == 64)
    }
}
