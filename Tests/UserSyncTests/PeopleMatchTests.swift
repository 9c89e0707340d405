import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import UserSync

@Suite(.database) struct PeopleMatchTests {
    @Test func `users start without their id and get it`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            // A user with an upper-case e-mail.
            #expect(hub.standing(PeopleHub.bobInDynamics) == PeopleHub.bob.lowercase)
            #expect(try await hub.state(PeopleHub.bobInDynamics) == "matched(email)")
            #expect(try await hub.count("SELECT count(*) FROM hub.enreach_user WHERE match_state = 'matched'") == 2)
            #expect(try await hub.text("SELECT people_matched_at::text FROM hub.tenant") != nil)
            #expect(
                try await hub.text("SELECT mobile_number FROM hub.person WHERE enreach_user_id = '\(PeopleHub.ann.lowercase)'")
                    == "+358407000001")
            #expect(try await hub.story(PeopleHub.annInDynamics) == ["matched(email)"])
        }
    }

    @Test func `a second round writes nothing`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            let before = hub.sandbox.dataverse.rows("systemusers").map(\.version)
            try await hub.match()
            #expect(hub.sandbox.dataverse.rows("systemusers").map(\.version) == before)
            #expect(try await hub.story(PeopleHub.annInDynamics).count == 1)
        }
    }

    @Test func `an e-mail that changes in Dynamics moves the id`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            try hub.edit(PeopleHub.annInDynamics, ["internalemailaddress": "new@demo.example"])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == nil)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "unmatched(no_enreach_user)")
            try hub.edit(PeopleHub.annInDynamics, ["enr_useremail": "Ann@Demo.Example"])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "matched(enreach_email)")
        }
    }

    @Test func `an e-mail that changes in Enreach moves the id`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            hub.enreach([(PeopleHub.ann, "Ann", "bob@demo.example"), (PeopleHub.bob, "Bob", "ann@demo.example")])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.bob.lowercase)
            #expect(hub.standing(PeopleHub.bobInDynamics) == PeopleHub.ann.lowercase)
        }
    }

    @Test func `the same e-mail twice in Enreach is left to a human, whose word is kept`() async throws {
        let other = UUID(uuidString: "00000000-0000-4000-8000-00000000000c")!
        try await PeopleHub.with { hub in
            hub.enreach([(PeopleHub.ann, "Ann", "ann@demo.example"), (other, "Ann", "ANN@demo.example")])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == nil)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "ambiguous(several_enreach_users)")
            #expect(try await hub.count("SELECT cardinality(candidates) FROM hub.person WHERE match_state = 'ambiguous'") == 2)
            try await hub.choose(other, for: PeopleHub.annInDynamics)
            try await hub.match()
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == other.lowercase)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "matched(by_hand)")
        }
    }

    @Test func `a user who leaves loses the id on either side`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            try hub.edit(PeopleHub.annInDynamics, ["isdisabled": true])
            hub.enreach([(PeopleHub.ann, "Ann", "ann@demo.example")])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == nil)
            #expect(hub.standing(PeopleHub.bobInDynamics) == nil)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "unmatched(disabled)")
            #expect(try await hub.state(PeopleHub.bobInDynamics) == "unmatched(no_enreach_user)")
            #expect(try await hub.count("SELECT count(*) FROM hub.enreach_user WHERE gone_at IS NOT NULL") == 1)
        }
    }

    @Test func `a user whom Dynamics shows no more ends their story with that, once`() async throws {
        try await PeopleHub.with { hub in
            try await hub.match()
            // Users can't be deleted in Dynamics; one of Microsoft's support is none of the tenant's.
            try hub.edit(PeopleHub.bobInDynamics, ["accessmode": 3])
            try await hub.match()
            try await hub.match()
            #expect(try await hub.story(PeopleHub.bobInDynamics) == ["matched(email)", "unmatched(gone)"])
            #expect(try await hub.state(PeopleHub.bobInDynamics) == "unknown")
        }
    }

    @Test func `an id that points to nobody is cleared, one that somebody else wrote is kept`() async throws {
        try await PeopleHub.with { hub in
            try hub.edit(
                PeopleHub.annInDynamics,
                ["internalemailaddress": "x@demo.example", "enr_userid": .string(PeopleHub.ann.lowercase)])
            try hub.edit(
                PeopleHub.bobInDynamics, ["internalemailaddress": .null, "enr_userid": .string(UUID().lowercase)])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            #expect(try await hub.state(PeopleHub.annInDynamics) == "matched(id_in_dynamics)")
            #expect(hub.standing(PeopleHub.bobInDynamics) == nil)
            #expect(try await hub.state(PeopleHub.bobInDynamics) == "unmatched(no_email)")
        }
    }

    @Test func `when Enreach shows nobody, nobody is cleared at once`() async throws {
        try await PeopleHub.with { hub in
            let many = (0..<6).map { index in (UUID(), "User", "user\(index)@demo.example") }
            hub.enreach(many + [(PeopleHub.ann, "Ann", "ann@demo.example")])
            try await hub.match()
            hub.enreach([])
            let job = try await JobQueue(database: hub.database).enqueue([UserSyncJobs.matchNow(tenant: hub.tenant)])[0]
            try await eventually("the answer is doubted") {
                try await hub.count("SELECT count(*) FROM hub.job_later WHERE id = \(job)") == 1
            }
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
        }
    }

    @Test func `an account that shows nobody when it is first asked clears no id and decides nothing`() async throws {
        try await PeopleHub.with { hub in
            try hub.edit(PeopleHub.annInDynamics, ["enr_userid": .string(PeopleHub.ann.lowercase)])
            hub.enreach([])
            let job = try await JobQueue(database: hub.database).enqueue([UserSyncJobs.matchNow(tenant: hub.tenant)])[0]
            try await eventually("it is asked again") {
                try await hub.count(
                    "SELECT count(*) FROM hub.job_later WHERE id = \(job) AND error->>'code' = 'enreach_malformed'") == 1
            }
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            #expect(try await hub.count("SELECT count(*) FROM hub.person") == 0)
        }
    }

    @Test func `a missing privilege is told, and calls find their owner all the same`() async throws {
        try await PeopleHub.with { hub in
            hub.sandbox.dataverse.setRoles(missingPrivileges: ["prvWriteUser"])
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == nil)
            #expect(try await hub.text("SELECT min(write_error) FROM hub.person")?.contains("prvWriteUser") == true)
            #expect(
                try await hub.count("SELECT count(*) FROM hub.person WHERE enreach_user_id = '\(PeopleHub.ann.lowercase)'") == 1)
            hub.sandbox.dataverse.setRoles()
            try await hub.match()
            #expect(hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase)
            #expect(try await hub.count("SELECT count(*) FROM hub.person WHERE write_error IS NOT NULL") == 0)
        }
    }

    @Test func `without the columns people are matched and nothing is written`() async throws {
        try await PeopleHub.with { hub in
            let operating = hub.test.connect(as: "trunkline_operator")
            for name in ["PersonIdColumn", "PersonEmailColumn"] {
                _ = try await operating.query(
                    Statement(
                        "", "SELECT hub.change_setting($1, $2, 'other_\(name == "PersonIdColumn" ? "id" : "email")', 'test')"),
                    [hub.tenant, name])
            }
            await operating.close()
            try await hub.match()
            #expect(try await hub.state(PeopleHub.annInDynamics) == "matched(email)")
            #expect(hub.standing(PeopleHub.annInDynamics) == nil)
        }
    }

    @Test func `a schedule's job hands on to one that never runs twice at the same time`() async throws {
        try await PeopleHub.with { hub in
            try await hub.run(
                NewJob(kind: UserSyncJobs.match, tenant: hub.tenant, maxAttempts: 4, queue: UserSyncJobs.queue))
            try await eventually("people are matched") {
                hub.standing(PeopleHub.annInDynamics) == PeopleHub.ann.lowercase
            }
        }
    }
}
