import Directory
import FoundationEssentials
import Jobs
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// Calls and the directory: who is found without asking Dynamics, and what happens when somebody appears later.
@Suite(.database) struct CallDirectoryTests {
    static let dora = UUID(uuidString: "20000000-0000-4000-8000-0000000000d0")!
    static let dirk = UUID(uuidString: "20000000-0000-4000-8000-0000000000d1")!
    static let number = "+358501239999"

    @Test func `whom the directory knows is linked without a question to Dynamics`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            let call = hub.call(from: Self.number)
            // Dynamics has this one too, but the directory is what counts.
            let other = hub.call(from: TestHub.customer)
            try await hub.sync()
            #expect(try hub.record(call)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try await hub.rule(call) == "only_entry")
            #expect(try hub.record(other)["regardingobjectid"].string == nil)
            #expect(try await hub.rule(other) == "unknown")
            #expect(try await hub.count("SELECT count(*) FROM hub.directory_entry WHERE last_interaction_at IS NOT NULL") == 1)
        }
    }

    @Test func `a call that adopts a phone call goes without a contact that was deleted a moment ago`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            try hub.sandbox.dataverse.delete("contacts", id: Self.dora.lowercase)
            let call = hub.call(from: Self.number, ago: 120)
            try hub.sandbox.dataverse.seed(
                "phonecalls",
                [
                    [
                        "subject": "Chat", "phonenumber": .string(Self.number), "directioncode": false,
                        "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-110))),
                        "ownerid@odata.bind": .string("/systemusers(\(TestHub.annInDynamics.lowercase))"),
                    ]
                ], as: TestHub.annInDynamics.lowercase)
            try await hub.sync()
            #expect(try await hub.state(call) == "adopted")
            #expect(try await hub.rule(call) == "gone")
            #expect(try hub.record(call)["regardingobjectid"].string == nil)
            #expect(hub.sandbox.dataverse.phoneCalls().count == 1)
        }
    }

    @Test func `late data is written without a contact that was deleted a moment ago`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            let call = hub.call(from: Self.number)
            try await hub.sync()
            try await hub.add(Self.dora, "Dora", Self.number)
            try hub.sandbox.dataverse.delete("contacts", id: Self.dora.lowercase)
            hub.sandbox.enreach.alter(call: call) { $0.recordingIDs = [UUID()] }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(try hub.record(call)["enr_recordingurl"].string?.isEmpty == false)
            #expect(try await hub.rule(call) == "gone")
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
        }
    }

    @Test func `a call whose owner and contact are both gone is written without them`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            try hub.sandbox.dataverse.delete("contacts", id: Self.dora.lowercase)
            // Users can't be deleted; for Dynamics' answer it makes no difference that there never was such a one.
            let nobody = UUID()
            try await hub.database.execute(
                Statement("", "UPDATE hub.person SET system_user_id = $1 WHERE system_user_id = $2"),
                [nobody, TestHub.annInDynamics])
            try await hub.database.execute(Statement("", "UPDATE hub.tenant SET people_version = people_version + 1"))
            let call = hub.call(from: Self.number)
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(try await hub.rule(call) == "gone")
            #expect(
                try await hub.text("SELECT owner_rule FROM hub.call WHERE call_id = '\(call.lowercase)'") == "none")
        }
    }

    @Test func `until the directory is complete Dynamics is asked`() async throws {
        try await TestHub.with { hub in
            let call = hub.call(from: TestHub.customer)
            try await hub.sync()
            #expect(try hub.record(call)["regardingobjectid"].string == TestHub.chloe.lowercase)
            #expect(try await hub.rule(call) == "dynamics")
        }
    }

    @Test func `a number of several goes on the list, and a decision is applied to past calls`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.add(Self.dirk, "Dirk", Self.number)
            let calls = [hub.call(from: Self.number), hub.call(from: Self.number, ago: 400)]
            try await hub.sync()
            for call in calls { #expect(try await hub.rule(call) == "ambiguous") }
            #expect(try await hub.count("SELECT calls FROM hub.directory_ambiguity WHERE number = '\(Self.number)'") == 2)
            _ = try await hub.database.query(
                Statement(
                    "",
                    """
                    INSERT INTO hub.directory_decision (tenant_id, number, chosen_id, chosen_table, decided_by)
                    VALUES ($1, $2, $3, 'contact', 'jane')
                    """), [hub.tenant, Self.number, Self.dirk])
            try await hub.run(JobKinds.match, payload: JSONB("{\"number\":\"\(Self.number)\",\"since\":\"2000-01-01\"}"))
            try await hub.quiet()
            for call in calls {
                #expect(try hub.record(call)["regardingobjectid"].string == Self.dirk.lowercase)
                #expect(try await hub.rule(call) == "decided")
                #expect(try await hub.story(call).contains("updated"))
            }
            #expect(try await hub.isBalanced())
        }
    }

    @Test func `a call is linked when its number appears, with its party, unless a human linked it`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            let (call, kept) = (hub.call(from: Self.number), hub.call(from: Self.number, ago: 300))
            try await hub.sync()
            #expect(try await hub.rule(call) == "unknown")
            try hub.sandbox.dataverse.seed(
                "contacts", [["contactid": .string(Self.dora.lowercase), "lastname": "Dora"]])
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: try hub.record(kept).id,
                ["regardingobjectid_account_phonecall@odata.bind": .string("/accounts(\(TestHub.acme.lowercase))")])
            try await hub.run(JobKinds.match)
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.run(JobKinds.match)
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try await hub.rule(call) == "only_entry")
            #expect(try hub.record(kept)["regardingobjectid"].string == TestHub.acme.lowercase)
            let parties = hub.sandbox.dataverse.parties(of: try hub.record(call).id)
            #expect(parties.contains { $0.mask == 1 && $0.id == Self.dora.lowercase })
            // Nothing is left to do.
            let stories = try await hub.story(call).count
            try await hub.run(JobKinds.match)
            try await hub.quiet()
            #expect(try await hub.story(call).count == stories)
        }
    }

    @Test func `who appears while a call is under way is linked`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.run(JobKinds.match)
            let call = try await hub.underWay()
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.run(JobKinds.match)
            #expect(try await hub.state(call) == "pending")
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try await hub.rule(call) == "only_entry")
        }
    }

    @Test func `news of others has nothing looked at again`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            let call = try await hub.underWay()
            try await hub.add(Self.dora, "Dora", "+358509999999")
            try await hub.quiet()
            #expect(try await hub.rule(call) == "unknown")
            #expect(try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = '\(JobKinds.relate)'") == 0)
        }
    }

    @Test func `while the directory is being changed whoever may be concerned is looked at again`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            let call = try await hub.underWay()
            // A change is under way when the call is stored, and nothing waits for it.
            try await hub.database.withTransaction { connection in
                _ = try await connection.query(Statement("", "SELECT hub.directory_changed($1)"), [hub.tenant])
                try await eventually("it is stored") { try await hub.state(call) == "written" }
            }
            try await hub.quiet()
            #expect(try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = '\(JobKinds.relate)'") == 1)
        }
    }

    @Test func `a decision made while a call is under way is applied`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.add(Self.dirk, "Dirk", Self.number)
            let call = try await hub.underWay()
            try await hub.database.execute(
                Statement(
                    "",
                    """
                    INSERT INTO hub.directory_decision (tenant_id, number, chosen_id, chosen_table, decided_by)
                    VALUES ($1, $2, $3, 'contact', 'jane')
                    """), [hub.tenant, Self.number, Self.dirk])
            _ = try await hub.database.query(Statement("", "SELECT hub.directory_changed($1)"), [hub.tenant])
            try await hub.run(JobKinds.match, payload: JSONB("{\"number\":\"\(Self.number)\",\"since\":\"2000-01-01\"}"))
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try await hub.rule(call) == "decided")
        }
    }

    @Test func `a decision that is being made while a call is stored is applied, whomever it is linked to`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.add(Self.dirk, "Dirk", Self.number)
            try await hub.database.execute(
                Statement(
                    "", "UPDATE hub.directory_entry SET last_interaction_at = now() - interval '1 day' WHERE entry_id = $1"),
                [Self.dora])
            let call = try await hub.underWay()
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: JobKinds.relate, reason: "test", by: "test")
            try await hub.database.withTransaction { connection in
                try await DecisionStore.decide(
                    Self.number, .chosen(RowReference(.contact, Self.dirk)), by: "jane", why: nil, tenant: hub.tenant,
                    on: connection)
                try await eventually("it is stored") { try await hub.state(call) == "written" }
                #expect(try await hub.rule(call) == "last_interaction")
            }
            try await admin.resume(kind: JobKinds.relate)
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try await hub.rule(call) == "decided")
        }
    }

    @Test func `calls older than the window are left alone`() async throws {
        try await TestHub.with { hub in
            try await hub.complete()
            try await hub.set("MatchWindow", "1")
            let call = hub.call(from: Self.number)
            try await hub.sync()
            try await hub.database.execute(Statement("", "UPDATE hub.call SET call_day = call_day - 10"))
            try await hub.add(Self.dora, "Dora", Self.number)
            try await hub.run(JobKinds.match)
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == nil)
        }
    }

    @Test func `the link by last interaction does not feed itself`() {
        #expect(!OtherParty(regarding: .unknown, rule: "last_interaction").tellsInteraction)
        #expect(!OtherParty(regarding: .unknown, rule: "local_last_interaction").tellsInteraction)
        #expect(OtherParty(regarding: .unknown, rule: "only_entry").tellsInteraction)
    }
}

extension TestHub {
    fileprivate func complete() async throws { try await StoredDirectory(database, tenant: tenant).complete() }

    fileprivate func add(_ id: UUID, _ name: String, _ number: String) async throws {
        if sandbox.dataverse.rows("contacts").allSatisfy({ $0.id != id.lowercase }) {
            try sandbox.dataverse.seed("contacts", [["contactid": .string(id.lowercase), "lastname": .string(name)]])
        }
        try await StoredDirectory(database, tenant: tenant).add(id, name, number)
    }

    /// A call whose number was looked up, and whose record is being written.
    fileprivate func underWay() async throws -> UUID {
        // Long enough for whatever a test does meanwhile, on a machine that has much else to do.
        sandbox.faults.replace(with: [Fault(.slow, on: .dataverse, seconds: 8, path: "$batch", times: 1)])
        let id = call(from: CallDirectoryTests.number)
        try await run(JobKinds.poll)
        try await eventually("it is being written") { sandbox.faults.struck["dataverse.slow"] == 1 }
        return id
    }

    fileprivate func rule(_ call: UUID) async throws -> String? {
        try await text("SELECT match_rule FROM hub.call WHERE call_id = '\(call.lowercase)'")
    }
}
