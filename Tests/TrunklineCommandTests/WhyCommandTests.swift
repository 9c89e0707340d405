import Foundation
import Jobs
import Model
import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite(.database) struct WhyCommandTests {
    private struct Story: Decodable {
        struct Event: Decodable { var event: String }
        struct Job: Decodable {
            var id: Int64
            var state: String
        }
        var state: String
        var events: [Event]
        var jobs: [Job]
    }

    private struct Listed: Decodable { var call: String }

    /// A call with its story, as call-sync leaves it.
    private func call(number: String, tenant: Int32, minute: Double, on database: Database) async throws -> UUID {
        let id = UUID()
        let start = Date(timeIntervalSince1970: 1_772_439_300 + minute * 60)
        let leg = CallLeg(
            source: .user, direction: .inbound, privacy: .work, answered: true, from: number, to: "+31201234567",
            startedAt: start,
            seconds: 60)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.call (tenant_id, call_id, call_day, state, privacy, direction, answered, started_at, talk_seconds,
                                      own_number, other_number, other_raw, legs, content_hash, activity_id, written_at, setting_version)
                VALUES ($1, $2, $3::timestamptz::date, 'written', 'work', 'inbound', true, $3, 60, '+31201234567',
                        CASE WHEN $4 LIKE '+%' THEN $4 END, $4, $5, 0, gen_random_uuid(), now(), 0)
                """), [tenant, id, start, number, JSONB(bytes: CallLeg.canonical([leg]))])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.timeline (tenant_id, entity, subject_id, event)
                SELECT $1, 'call', $2, event FROM unnest('{seen,queued,written}'::text[]) event
                """), [tenant, id])
        return id
    }

    private func tenant(_ database: Database) async throws -> Int32 {
        try await database.query(
            Statement("", "INSERT INTO hub.tenant (name, region) VALUES ($1, 'NL') RETURNING tenant_id"),
            ["t" + UUID().uuidString.lowercased()])[0].decode(Int32.self)
    }

    @Test func `a call is found by its id, by its phone call's id and by its number`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let id = try await call(number: "+31611111111", tenant: tenant(database), minute: 0, on: database)
        let activity = try await database.query(Statement("", "SELECT activity_id FROM hub.call WHERE call_id = $1"), [id])[0]
            .decode(UUID.self)
        for subject in [id.uuidString, id.lowercase, activity.lowercase, "+31611111111", "0031 6 1111 1111"] {
            let run = try await CommandRun.of("why", subject, database: url)
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("Call \(id.lowercase) of tenant"))
            #expect(run.output.contains(TimelineEvent.seen.sentence))
        }
        await database.close()
    }

    @Test func `the story holds its events in order and its jobs, finished and unfinished`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        let id = try await call(number: "+31622222222", tenant: tenant, minute: 0, on: database)
        let queue = JobQueue(database: database)
        let first = try await queue.enqueue([NewJob(kind: "call.write", tenant: tenant, key: id.lowercase)])[0]
        let second = try await queue.enqueue([NewJob(kind: "call.withdraw", tenant: tenant, key: id.lowercase)])[0]
        _ = try await JobAdmin(database: database).cancel([first], reason: "test")
        let story = try await CommandRun.of("why", id.uuidString, "--format", "json", database: url).json(Story.self)
        #expect(story.state == "written")
        #expect(story.events.map(\.event) == ["seen", "queued", "written"])
        #expect(story.jobs.map(\.id) == [first, second])
        #expect(story.jobs.map(\.state) == ["cancelled", "ready"])
        await database.close()
    }

    @Test func `several calls of a number are listed newest first, and the newest told on demand`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        let older = try await call(number: "+31633333333", tenant: tenant, minute: 0, on: database)
        let newer = try await call(number: "+31633333333", tenant: tenant, minute: 5, on: database)
        let list = try await CommandRun.of("why", "+31633333333", "--format", "json", database: url).json([Listed].self)
        #expect(list.map(\.call) == [newer.lowercase, older.lowercase])
        let last = try await CommandRun.of("why", "+31633333333", "--last", database: url)
        #expect(last.output.hasPrefix("Call \(newer.lowercase)"))
        await database.close()
    }

    @Test func `what the hub does not know ends with 1 and says what that means`() async throws {
        let url = try await OperatorLogin.url()
        for subject in [UUID().uuidString, "+31699999999", "anonymous"] {
            let run = try await CommandRun.of("why", subject, database: url)
            #expect(run.status == 1)
            #expect(run.errors.contains("the hub knows no call of \(subject)"))
        }
    }
}
