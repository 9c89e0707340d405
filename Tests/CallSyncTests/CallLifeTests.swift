import FoundationEssentials
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// A call from Enreach to Dynamics, with everything real between the two simulated vendors.
@Suite(.database, .timeLimit(.minutes(5))) struct CallLifeTests {
    @Test func aWorkCallBecomesOneCompletedPhoneCall() async throws {
        try await TestHub.with { hub in
            let call = hub.call(seconds: 61, recordings: [TestHub.bob])
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            let record = try hub.record(call)
            #expect(record.id == PhoneCallID.activity(tenant: "demo", call: call).lowercase)
            #expect(record["subject"] == "Inbound call from Chloé Dupont")
            #expect(record["statecode"] == 1)
            #expect(record["statuscode"] == 4)
            #expect(record["directioncode"] == false)
            #expect(record["actualdurationminutes"] == 2)
            #expect(record["enr_durationseconds"] == 61)
            #expect(record["ownerid"].string == TestHub.annInDynamics.lowercase)
            #expect(record["regardingobjectid"].string == TestHub.chloe.lowercase)
            #expect(record["phonenumber"].string == TestHub.customer)
            #expect(
                record["enr_recordingurl"].string == "\(hub.sandbox.addresses.enreach)/calls/recordings/\(TestHub.bob.lowercase)")
            let parties = hub.sandbox.dataverse.parties(of: record.id)
            #expect(parties.contains { $0.mask == 1 && $0.id == TestHub.chloe.lowercase })
            #expect(parties.contains { $0.mask == 2 && $0.id == TestHub.annInDynamics.lowercase })
            #expect(try await hub.story(call) == ["seen", "written"])
            #expect(try await hub.isBalanced())
        }
    }

    @Test func seeingItAgainChangesNothing() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            try await hub.sync()
            let version = try hub.record(call).version
            try await hub.sync()
            try await hub.run(JobKinds.read, payload: JSONB("{\"call\":\"\(call.lowercase)\"}"))
            try await hub.quiet()
            #expect(try hub.record(call).version == version)
            #expect(try await hub.story(call) == ["seen", "written"])
        }
    }

    @Test func outboundAndTransferAndQueue() async throws {
        try await TestHub.with { hub in
            let out = hub.call(from: TestHub.annsNumber, to: "+35896000000", inbound: false)
            let transferred = hub.call(seconds: 20, ago: 200)
            hub.call(transferred, to: TestHub.bobsNumber, seconds: 90, user: TestHub.bob, ago: 170)
            let queued = hub.call(seconds: 30, ago: 300)
            hub.sandbox.enreach.add([
                ServiceCallRecord(
                    serviceCallID: UUID(), callID: queued, queueName: "Support", queueID: TestHub.queue,
                    queueNumber: "+35893100500",
                    aNumber: TestHub.customer, bNumber: "+35893100500", start: hub.now.addingTimeInterval(-310), duration: 40,
                    userID: TestHub.ann, userName: "ann@demo.example", modified: hub.now.addingTimeInterval(-200))
            ])
            try await hub.sync()
            let record = try hub.record(out)
            #expect(record["directioncode"] == true)
            #expect(record["statuscode"] == 2)
            #expect(record["regardingobjectid"].string == TestHub.acme.lowercase)
            #expect(try hub.record(transferred)["ownerid"].string == TestHub.bobInDynamics.lowercase)
            #expect(try hub.record(transferred)["enr_durationseconds"] == 110)
            #expect(try hub.record(queued)["enr_queuename"] == "Support")
            #expect(try hub.record(queued)["enr_durationseconds"] == 30)
        }
    }

    @Test func rulesSkipWithTheirReason() async throws {
        try await TestHub.with { hub in
            let calls = [
                "skipped(private)": hub.call(privacy: "Private"), "skipped(unclassified)": hub.call(privacy: "Undefined"),
                "skipped(too_short)": hub.call(seconds: 4), "skipped(missed)": hub.call(answered: false, seconds: 0),
                "skipped(unanswered)": hub.call(
                    from: TestHub.annsNumber, to: TestHub.customer, inbound: false, answered: false, seconds: 0),
                "skipped(internal)": hub.call(from: TestHub.bobsNumber),
            ]
            try await hub.sync()
            for (state, call) in calls {
                #expect(try await hub.state(call) == state)
                #expect(hub.records(call).isEmpty)
            }
            #expect(try await hub.isBalanced())
            let reasons = try await hub.text("SELECT skipped_by_reason ->> 'too_short' FROM report.daily_balance")
            #expect(reasons == "1")
        }
    }

    @Test func aPrivateCallsNumbersAreNotStoredAnywhere() async throws {
        try await TestHub.with { hub in
            let call = hub.call(privacy: "Private")
            try await hub.sync()
            #expect(try await hub.state(call) == "skipped(private)")
            for table in ["hub.call", "hub.timeline", "hub.job_done", "hub.job_dead"] {
                let found = try await hub.count("SELECT count(*) FROM \(table) r WHERE r::text LIKE '%501231234%'")
                #expect(found == 0, "\(table)")
            }
        }
    }

    @Test func aCallClassedAsWorkLaterIsPickedUp() async throws {
        try await TestHub.with { hub in
            let call = hub.call(privacy: "Private")
            try await hub.sync()
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Work" }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(try hub.record(call)["phonenumber"].string == TestHub.customer)
            #expect(try await hub.story(call) == ["seen", "skipped(private)", "changed", "written"])
        }
    }

    @Test func aCallClassedAwayFromWorkIsWithdrawn() async throws {
        try await TestHub.with { hub in
            let untouched = hub.call()
            let touched = hub.call(ago: 400)
            try await hub.sync()
            let record = try hub.record(touched)
            try hub.sandbox.dataverse.edit("phonecalls", id: record.id, ["description": "Ann's notes"])
            hub.sandbox.enreach.alter(call: untouched) { $0.privacy = "Private" }
            hub.sandbox.enreach.alter(call: touched) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(untouched) == "withdrawn(withdrawn_deleted)")
            #expect(hub.records(untouched).isEmpty)
            #expect(try await hub.state(touched) == "withdrawn(withdrawn_marked)")
            #expect(try hub.record(touched)["enr_withdrawn"] == true)
            #expect(try hub.record(touched)["description"] == "Ann's notes")
            #expect(try await hub.count("SELECT count(*) FROM hub.call c WHERE c::text LIKE '%501231234%'") == 0)
            #expect(try await hub.count("SELECT count(*) FROM hub.call WHERE regarding_id IS NOT NULL") == 0)
            #expect(try await hub.count("SELECT count(*) FROM hub.timeline WHERE detail ? 'regarding'") == 0)
            #expect(try await hub.isBalanced())
            // And back again.
            hub.sandbox.enreach.alter(call: untouched) { $0.privacy = "Work" }
            hub.sandbox.enreach.alter(call: touched) { $0.privacy = "Work" }
            try await hub.sync()
            #expect(try await hub.state(untouched) == "written")
            #expect(try await hub.state(touched) == "adopted")
            #expect(try hub.record(touched)["enr_withdrawn"] == false)
            #expect(try hub.record(touched)["description"] == "Ann's notes")
            // A human's notes outlive every change of class.
            hub.sandbox.enreach.alter(call: touched) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(touched) == "withdrawn(withdrawn_marked)")
            #expect(try hub.record(touched)["description"] == "Ann's notes")
        }
    }

    @Test("A call that turns private while its first answer is lost", arguments: [true, false])
    func privateBeforeTheAnswer(stands: Bool) async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            try await hub.sync()
            try await hub.forgetTheAnswer(call)
            if !stands { try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(call).id) }
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(call) == (stands ? "withdrawn(withdrawn_deleted)" : "skipped(private)"))
            #expect(hub.records(call).isEmpty)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func anAdoptionWithItsAnswerLostIsWithdrawnWithItsCall() async throws {
        try await TestHub.with { hub in
            let call = hub.call(ago: 120)
            try hub.sandbox.dataverse.seed("phonecalls", [Self.chat(hub)], as: TestHub.annInDynamics.lowercase)
            try await hub.sync()
            #expect(try await hub.state(call) == "adopted")
            try await hub.forgetTheAnswer(call)
            let own = PhoneCallID.activity(tenant: "demo", call: call)
            try await hub.database.execute(.init("", "UPDATE hub.call SET activity_id = $1"), [own])
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(call) == "withdrawn(withdrawn_marked)")
            #expect(try hub.record(call)["enr_withdrawn"] == true)
            #expect(try await hub.isBalanced())
            // And back again.
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Work" }
            try await hub.sync()
            #expect(try await hub.state(call) == "adopted")
            #expect(try hub.record(call)["enr_withdrawn"] == false)
            #expect(hub.sandbox.dataverse.phoneCalls().count == 1)
        }
    }

    @Test func aRecordThatTheHubNeverTouchedIsNotWithdrawn() async throws {
        try await TestHub.with { hub in
            let call = hub.call(ago: 120)
            try await hub.sync()
            try await hub.forgetTheAnswer(call)
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(call).id)
            try hub.sandbox.dataverse.seed("phonecalls", [Self.chat(hub, of: call)], as: TestHub.annInDynamics.lowercase)
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(call) == "skipped(private)")
            #expect(try hub.record(call)["enr_withdrawn"] != true)
        }
    }

    /// What the agent's own client writes.
    private static func chat(_ hub: TestHub, of call: UUID? = nil) -> JSON {
        [
            "subject": "Chat", "phonenumber": .string(TestHub.customer), "directioncode": false,
            "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-110))),
            "ownerid@odata.bind": .string("/systemusers(\(TestHub.annInDynamics.lowercase))"),
            "enr_callid": call.map { .string($0.lowercase) } ?? .null,
        ]
    }

    @Test func whatAHumanChangedBetweenTwoAttemptsIsKept() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            try await hub.sync()
            try await hub.forgetTheAnswer(call)
            try hub.sandbox.dataverse.edit("phonecalls", id: try hub.record(call).id, ["subject": "Order 4711"])
            hub.sandbox.enreach.alter(call: call) { $0.recordingIDs = [TestHub.bob] }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(try hub.record(call)["subject"] == "Order 4711")
            #expect(try hub.record(call)["enr_recordingurl"].string?.isEmpty == false)
        }
    }

    @Test func aDeleteWhoseAnswerWasLostIsNotAHumans() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            try await hub.sync()
            try await hub.database.execute(.init("", "UPDATE hub.call SET error_code = 'transient'"))
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(call).id)
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(call) == "withdrawn(withdrawn_deleted)")
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Work" }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(hub.records(call).count == 1)
        }
    }

    @Test func withdrawnByMarkOnly() async throws {
        try await TestHub.with { hub in
            try await hub.set("WithdrawRule", "mark")
            let call = hub.call()
            try await hub.sync()
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Undefined" }
            try await hub.sync()
            #expect(try await hub.state(call) == "withdrawn(withdrawn_marked)")
            #expect(try hub.record(call)["enr_withdrawn"] == true)
        }
    }

    @Test("Late data completes the record and leaves alone what a human changed", arguments: [true, false])
    func lateData(takesUpdatesOfCompleted: Bool) async throws {
        try await TestHub.with(change: { $0.dataverse.updatesOfClosedActivities = takesUpdatesOfCompleted }) { hub in
            let call = hub.call()
            try await hub.sync()
            let record = try hub.record(call)
            if takesUpdatesOfCompleted {
                try hub.sandbox.dataverse.edit("phonecalls", id: record.id, ["subject": "Order 4711", "enr_queuename": "VIP"])
            }
            hub.sandbox.enreach.alter(call: call) { $0.recordingIDs = [TestHub.bob] }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            let after = try hub.record(call)
            #expect(after["enr_recordingurl"].string?.hasSuffix(TestHub.bob.lowercase) == true)
            #expect(after["statecode"] == 1)
            #expect(after["statuscode"] == 4)
            if takesUpdatesOfCompleted {
                #expect(after["subject"] == "Order 4711")
                #expect(after["enr_queuename"] == "VIP")
            }
            #expect(try await hub.story(call).contains("updated"))
        }
    }

    @Test func aTranscriptThatComesLateIsWritten() async throws {
        try await TestHub.with { hub in
            let call = hub.call(recordings: [TestHub.bob])
            try await hub.sync()
            #expect(try hub.record(call)["enr_transcriptid"].string == nil)
            let transcript = UUID()
            hub.sandbox.enreach.alter(call: call) { $0.transcriptIDs = [transcript] }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            let after = try hub.record(call)
            #expect(after["enr_transcriptid"].string == transcript.lowercase)
            #expect(after["enr_recordingurl"].string?.hasSuffix(TestHub.bob.lowercase) == true)
            #expect(after["statecode"] == 1)
            #expect(try await hub.story(call) == ["seen", "written", "changed", "updated"])
        }
    }

    @Test func theHourShowsWhatWasDoneAndHowLongLiveCallsTook() async throws {
        try await TestHub.with { hub in
            // They ended a minute and an hour ago.
            let quick = hub.call(seconds: 30, ago: 100)
            let slow = hub.call(from: "+358505555555", ago: 3_700)
            try await hub.sync()
            hub.sandbox.enreach.alter(call: quick) { $0.recordingIDs = [TestHub.bob] }
            hub.sandbox.enreach.alter(call: slow) { $0.privacy = "Private" }
            try await hub.sync()
            let figures = """
                SELECT concat_ws(' ', sum(written), sum(updated), sum(withdrawn), sum(adopted), sum(skipped), sum(dead))
                FROM report.throughput_by_hour
                """
            #expect(try await hub.text(figures) == "2 1 1 0 0 0")
            let steps = "SELECT latency_steps[10]::text || latency_steps[15] FROM report.throughput_by_hour WHERE written > 0"
            #expect(try await hub.text(steps) == "11")
        }
    }

    @Test func whatAHumanDeletedStaysDeleted() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            try await hub.sync()
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(call).id)
            hub.sandbox.enreach.alter(call: call) { $0.recordingIDs = [TestHub.bob] }
            try await hub.sync()
            #expect(try await hub.state(call) == "written(deleted_by_human)")
            hub.sandbox.enreach.alter(call: call) { $0.recordingIDs = [TestHub.bob, TestHub.ann] }
            try await hub.sync()
            #expect(hub.records(call).isEmpty)
            #expect(try await hub.story(call) == ["seen", "written", "changed", "deleted_by_human", "changed"])
        }
    }

    @Test func thePhoneCallOfTheAgentsClientIsAdopted() async throws {
        try await TestHub.with { hub in
            let mine = UUID()
            let call = hub.call(ago: 120, recordings: [TestHub.bob])
            try hub.sandbox.dataverse.seed(
                "phonecalls",
                [
                    [
                        "activityid": .string(mine.lowercase), "subject": "Chat with Chloé",
                        "phonenumber": .string(TestHub.customer),
                        "directioncode": false, "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-100))),
                        "ownerid@odata.bind": .string("/systemusers(\(TestHub.annInDynamics.lowercase))"),
                    ]
                ], as: TestHub.annInDynamics.lowercase)
            try await hub.sync()
            #expect(try await hub.state(call) == "adopted")
            let record = try hub.record(call)
            #expect(record.id == mine.lowercase)
            #expect(record["subject"] == "Chat with Chloé")
            #expect(record["statecode"] == 1)
            #expect(record["enr_recordingurl"].string?.isEmpty == false)
            #expect(record["actualdurationminutes"] == 1)
            #expect(hub.sandbox.dataverse.phoneCalls().count == 1)
            // An adopted record is never deleted.
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Private" }
            try await hub.sync()
            #expect(try await hub.state(call) == "withdrawn(withdrawn_marked)")
            #expect(try hub.record(call)["enr_withdrawn"] == true)
        }
    }

    @Test func ownersAreFoundByMobileNumberAndByDefault() async throws {
        try await TestHub.with { hub in
            let mobile = hub.call(from: "+358407000001", to: TestHub.customer, inbound: false, user: nil)
            let stranger = hub.call(to: "+3589399999", user: UUID(), ago: 300)
            try await hub.set("DefaultCrmAssignee", TestHub.bob.uuidString)
            try await hub.sync()
            #expect(try hub.record(mobile)["ownerid"].string == TestHub.annInDynamics.lowercase)
            #expect(try hub.record(stranger)["ownerid"].string == TestHub.bobInDynamics.lowercase)
            #expect(
                try await hub.text("SELECT owner_rule FROM hub.call WHERE call_id = '\(stranger.lowercase)'")
                    == "default_enreach_id")
        }
    }

    @Test func noCallIsWrittenBeforePeopleAreKnown() async throws {
        try await TestHub.with(people: false) { hub in
            let call = hub.call()
            try await hub.run(JobKinds.poll)
            #expect(try await hub.state(call) == "pending")
            try await hub.run(JobKinds.people)
            try await hub.quiet()
            #expect(try hub.record(call)["ownerid"].string == TestHub.annInDynamics.lowercase)
        }
    }

    @Test func manyCallsCostFewRequests() async throws {
        try await TestHub.with { hub in
            for index in 0..<300 { hub.call(from: "+35850\(2_000_000 + index)", ago: Double(200 + index)) }
            let before = hub.sandbox.dataverseRequests
            try await hub.sync()
            // Three batches of one read and three writes each, and what people and the last, smaller batches take.
            #expect(hub.sandbox.dataverseRequests - before <= 30)
            #expect(hub.sandbox.dataverse.phoneCalls().count == 300)
            #expect(hub.sandbox.dataverse.duplicates().isEmpty)
            #expect(try await hub.count("SELECT count(*) FROM hub.call WHERE state = 'written'") == 300)
            #expect(try await hub.isBalanced())
        }
    }
}
