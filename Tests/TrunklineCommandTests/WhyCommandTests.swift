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
        // As it is dialled at home.
        try await database.execute(Statement("", "UPDATE hub.tenant SET region = 'NL' WHERE tenant_id = $1"), [tenant])
        let dialled = try await CommandRun.of("why", "06 33 33 33 33", "--format", "json", database: url).json([Listed].self)
        #expect(dialled.map(\.call) == list.map(\.call))
        await database.close()
    }

    // MARK: People

    private struct Person: Decodable {
        struct ID: Decodable {
            var system_user: String?
            var enreach_user: String?
        }
        struct Event: Decodable { var reason: String? }
        struct Counterpart: Decodable { var gone_at: String? }
        var id: ID
        var state: String
        var reason: String?
        var candidates: [String]
        var enreach_users: [Counterpart]
        var events: [Event]
    }

    private struct ListedPerson: Decodable {
        var name: String
        var system_user: String?
    }

    /// A user of Dynamics as user-sync leaves it, with the last line of the story.
    private func person(
        _ name: String, email: String, reason: MatchReason, enreach: UUID? = nil, candidates: [UUID] = [], tenant: Int32,
        on database: Database
    ) async throws -> UUID {
        let id = UUID()
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.person (
                    tenant_id, system_user_id, enreach_user_id, full_name, email, match_state, match_reason, candidates, matched_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
                """), [tenant, id, enreach, name, email, reason.state.rawValue, reason.rawValue, candidates])
        try await tell(id, reason, tenant: tenant, on: database)
        return id
    }

    private func tell(_ id: UUID, _ reason: MatchReason, tenant: Int32, on database: Database) async throws {
        try await database.execute(
            Statement(
                "",
                "INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, reason) VALUES ($1, 'person', $2, $3, $4)"),
            [tenant, id, reason.state.rawValue, reason.rawValue])
    }

    private func enreachUser(
        _ name: String, email: String, reason: MatchReason, tenant: Int32, on database: Database
    ) async throws -> UUID {
        let id = UUID()
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, email, match_state, match_reason, gone_at)
                VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6 = 'gone' THEN now() END)
                """), [tenant, id, name, email, reason.state.rawValue, reason.rawValue])
        return id
    }

    @Test func `a person is found by e-mail, however it is written, and by the id of either side`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        let enreach = try await enreachUser("Ann V", email: "ann1@acme.example", reason: .byEmail, tenant: tenant, on: database)
        let id = try await person(
            "Ann Virtanen", email: "ANN1@Acme.Example", reason: .byEmail, enreach: enreach, tenant: tenant, on: database)
        for subject in ["ann1@acme.example", "Ann1@ACME.example", id.uuidString, enreach.lowercase] {
            let run = try await CommandRun.of("why", subject, "--format", "json", database: url)
            #expect(run.status == 0, "\(run.errors)")
            let story = try run.json(Person.self)
            #expect(story.id.system_user == id.lowercase && story.id.enreach_user == enreach.lowercase)
            #expect(story.state == "matched" && story.reason == "email")
            #expect(story.events.map(\.reason) == ["email"])
        }
        let text = try await CommandRun.of("why", "ann1@acme.example", database: url).output
        #expect(text.hasPrefix("Person Ann Virtanen of tenant"))
        #expect(text.contains("by e-mail; no mobile number in Dynamics"))
        #expect(text.contains("Ann V, ann1@acme.example, user \(enreach.lowercase)"))
        #expect(text.contains("Is somebody in Enreach: by e-mail."))
        await database.close()
    }

    @Test func `an address that two have in Enreach is one story, with both in question`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        var both: [UUID] = []
        for address in ["ann2@acme.example", "ANN2@acme.example"] {
            both.append(
                try await enreachUser("Ann", email: address, reason: .severalEnreachUsers, tenant: tenant, on: database))
        }
        let id = try await person(
            "Ann Virtanen", email: "ann2@acme.example", reason: .severalEnreachUsers, candidates: both, tenant: tenant,
            on: database)
        for subject in ["ann2@acme.example", id.lowercase, both[1].lowercase] {
            let story = try await CommandRun.of("why", subject, "--format", "json", database: url).json(Person.self)
            #expect(story.id.system_user == id.lowercase && story.id.enreach_user == nil)
            #expect(Set(story.candidates) == Set(both.map(\.lowercase)) && story.enreach_users.count == 2)
        }
        let text = try await CommandRun.of("why", "ann2@acme.example", database: url).output
        #expect(text.contains("choose one with `trunkline users set`"))
        #expect(text.components(separatedBy: ": in question").count == 3)
        await database.close()
    }

    @Test func `an address that two have in Dynamics lists both`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        var both: [UUID] = []
        for name in ["Ann", "Anna"] {
            both.append(
                try await person(
                    name, email: "ann3@acme.example", reason: .severalDynamicsUsers, tenant: tenant, on: database))
        }
        let list = try await CommandRun.of("why", "ann3@acme.example", "--format", "json", database: url)
            .json([ListedPerson].self)
        #expect(list.map(\.system_user) == both.map(\.lowercase) && list.map(\.name) == ["Ann", "Anna"])
        let one = try await CommandRun.of("why", both[0].lowercase, database: url)
        #expect(one.output.contains("several users of Dynamics have this e-mail"))
        await database.close()
    }

    @Test func `who left either side is told of`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let url = try await OperatorLogin.url()
        let tenant = try await tenant(database)
        let gone = try await enreachUser("Bob", email: "bob4@acme.example", reason: .gone, tenant: tenant, on: database)
        let byAddress = try await CommandRun.of("why", "BOB4@acme.example", "--format", "json", database: url).json(Person.self)
        #expect(byAddress.id.enreach_user == gone.lowercase && byAddress.enreach_users.first?.gone_at != nil)
        #expect(
            try await CommandRun.of("why", gone.lowercase, database: url).output.contains("Enreach shows the user no more since"))

        let former = UUID()
        try await tell(former, .byEmail, tenant: tenant, on: database)
        try await tell(former, .gone, tenant: tenant, on: database)
        let story = try await CommandRun.of("why", former.lowercase, "--format", "json", database: url).json(Person.self)
        #expect(story.id.system_user == former.lowercase && story.state == "unmatched" && story.reason == "gone")
        #expect(story.events.map(\.reason) == ["email", "gone"])

        let nobody = try await CommandRun.of("why", "nobody@acme.example", database: url)
        #expect(nobody.status == 1 && nobody.errors.contains("the hub knows nobody of the address nobody@acme.example"))
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
