import AsyncHTTPClient
import FoundationEssentials
import Jobs
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// Bad input and trouble: handled by rule, never a crash, never a stuck queue.
@Suite(.database, .timeLimit(.minutes(5))) struct TroubleTests {
    @Test func oddCallsAreHandledByRule() async throws {
        try await TestHub.with { hub in
            hub.call(nil)
            let timeless = hub.call(hasStart: false)
            let negative = hub.call(seconds: -30)
            let anonymous = hub.call(from: "anonymous")
            let plus = hub.call(from: "+")
            let long = hub.call(from: String(repeating: "4", count: 40))
            let emoji = hub.call(from: "📞☎️")
            let none = hub.call(from: nil)
            try await hub.sync()
            #expect(try await hub.count("SELECT count(*) FROM hub.call WHERE state = 'skipped' AND reason = 'no_id'") == 1)
            #expect(try await hub.state(timeless) == "skipped(no_time)")
            #expect(try await hub.state(negative) == "skipped(too_short)")
            for call in [anonymous, plus, long, emoji, none] { #expect(try await hub.state(call) == "written") }
            #expect(try hub.record(anonymous)["subject"] == "Inbound call from withheld number")
            #expect(try hub.record(emoji)["subject"] == "Inbound call from 📞☎️")
            #expect(try await hub.isBalanced())
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
            // The one without an id is the same one when it is seen again.
            try await hub.sync()
            #expect(try await hub.count("SELECT count(*) FROM hub.call") == 8)
        }
    }

    @Test func aSubjectOverItsLengthIsCut() async throws {
        try await TestHub.with { hub in
            try await hub.set("SubjectTemplate", String(repeating: "{party} 📞 ", count: 40))
            let call = hub.call()
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(try hub.record(call)["subject"].string?.utf16.count ?? 0 <= 200)
        }
    }

    @Test("One answer that can't be read is asked for again", arguments: [FaultKind.truncate, .garbage, .status500, .cutBefore])
    func malformedOnce(kind: FaultKind) async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            hub.sandbox.faults.add(Fault(kind, on: .enreach, path: "calls", times: 1))
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
        }
    }

    @Test(
        "An answer that is never readable ends in the dead letter with its beginning",
        arguments: [FaultKind.garbage, .truncate])
    func malformedForGood(kind: FaultKind) async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.add(Fault(kind, on: .enreach, path: "calls"))
            let call = hub.call()
            try await hub.run(JobKinds.poll)
            #expect(try await hub.text("SELECT error ->> 'code' FROM hub.job_dead") == "enreach_malformed")
            #expect(try await hub.text("SELECT error -> 'detail' ->> 'body_start' FROM hub.job_dead")?.isEmpty == false)
            #expect(try await hub.count("SELECT jobs FROM report.failures") == 1)
            #expect(hub.readiness["tenant demo: enreach"]?.state == .degraded)
            // Nothing was lost: the next poll reads on where the last good one ended.
            hub.sandbox.faults.replace(with: [])
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(hub.readiness["tenant demo: enreach"]?.state == .ready)
        }
    }

    @Test(
        "Whatever happens to a write, there is one phone call in the end",
        arguments: [
            FaultKind.cutAfter, .cutBefore, .status502, .status503, .truncate, .garbage, .throttleRequests, .throttleConcurrency,
            .deadlock,
            .expiredToken,
        ])
    func faultyWrites(kind: FaultKind) async throws {
        try await TestHub.with { hub in
            let calls = (0..<20).map { hub.call(from: "+35850\(3_000_000 + $0)", ago: Double(200 + $0 * 100)) }
            hub.sandbox.faults.add(Fault(kind, on: .dataverse, seconds: 1, path: "batch", times: kind == .expiredToken ? 1 : 2))
            try await hub.sync()
            try await hub.quiet()
            for call in calls {
                #expect(try await hub.state(call) == "written")
                #expect(hub.records(call).count == 1)
            }
            #expect(hub.sandbox.dataverse.phoneCalls().count == 20)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func anAdoptionWhoseAnswerIsLostIsNotRepeatedAsARecordOfOurOwn() async throws {
        try await TestHub.with { hub in
            let call = hub.call(ago: 120)
            try hub.sandbox.dataverse.seed(
                "phonecalls",
                [
                    [
                        "subject": "Chat", "phonenumber": .string(TestHub.customer), "directioncode": false,
                        "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-110))),
                        "ownerid@odata.bind": .string("/systemusers(\(TestHub.annInDynamics.lowercase))"),
                    ]
                ], as: TestHub.annInDynamics.lowercase)
            hub.sandbox.faults.add(Fault(.cutAfter, on: .dataverse, path: "batch", times: 2))
            try await hub.sync()
            try await hub.quiet()
            #expect(try await hub.state(call) == "adopted")
            #expect(hub.sandbox.dataverse.phoneCalls().count == 1)
        }
    }

    @Test func aRecordThatDynamicsRefusesDiesAlone() async throws {
        try await TestHub.with { hub in
            // A number that Dynamics can't hold is cut by rule, so the refusal is provoked by a column that is no text.
            let fine = hub.call(from: "+358505555555", ago: 500)
            try await hub.sync()
            try await hub.set("TranscriptIdColumn", "enr_answered")
            let refused = UUID()
            hub.sandbox.enreach.add([
                CallEventRecord(
                    callID: refused, aNumber: TestHub.customer, bNumber: TestHub.annsNumber,
                    start: hub.now.addingTimeInterval(-90),
                    inbound: true, duration: 60, userID: TestHub.ann, userName: "ann@demo.example", transcriptIDs: [UUID()],
                    modified: hub.now.addingTimeInterval(-10))
            ])
            let other = hub.call(from: "+358506666666", ago: 80)
            try await hub.sync()
            #expect(try await hub.state(fine) == "written")
            #expect(try await hub.state(other) == "written")
            #expect(try await hub.state(refused) == "dead(refused)")
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 1)
            #expect(try await hub.isBalanced())
            // Set right, the operator's retry brings it in.
            try await hub.set("TranscriptIdColumn", "enr_transcriptid")
            _ = try await hub.count("SELECT cardinality(hub.job_retry(ARRAY(SELECT id FROM hub.job_dead)))")
            try await hub.quiet()
            #expect(try await hub.state(refused) == "written")
        }
    }

    @Test func aReadThatIsRefusedForAllIsAskedForEachAlone() async throws {
        try await TestHub.with { hub in
            // A column that is no text: Dynamics refuses every question after a number.
            try await hub.set("ContactNumberColumns", "createdon")
            let asking = (0..<3).map { hub.call(from: "+35850\(6_000_000 + $0)", ago: Double(200 + $0 * 100)) }
            let silent = hub.call(from: "anonymous", ago: 100)
            try await hub.sync()
            try await hub.quiet()
            for call in asking { #expect(try await hub.state(call) == "dead(refused)") }
            #expect(try await hub.state(silent) == "written")
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 3)
            #expect(try await hub.isBalanced())
            try await hub.set("ContactNumberColumns", "telephone1, mobilephone")
            _ = try await hub.count("SELECT cardinality(hub.job_retry(ARRAY(SELECT id FROM hub.job_dead)))")
            try await hub.quiet()
            for call in asking { #expect(try await hub.state(call) == "written") }
        }
    }

    @Test func aMissingPrivilegeIsToldAndWaitedFor() async throws {
        try await TestHub.with { hub in
            hub.sandbox.dataverse.setRoles(missingPrivileges: ["prvCreateActivity"])
            let call = hub.call()
            try await hub.run(JobKinds.poll)
            try await eventually("ready says why") { hub.readiness["tenant demo: dynamics"]?.state == .degraded }
            #expect(hub.readiness["tenant demo: dynamics"]?.text.contains("prvCreateActivity") == true)
            try await eventually("the job rests") { try await hub.count("SELECT count(*) FROM hub.job_later") == 1 }
            #expect(try await hub.state(call) == "pending")
            hub.sandbox.dataverse.setRoles()
            try await hub.database.execute(.init("", "UPDATE hub.job_later SET run_at = now()"))
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .ready)
        }
    }

    @Test func anApplicationUserThatIsNotThereIsToldAndWaitedFor() async throws {
        try await TestHub.with { hub in
            let user = try #require(hub.sandbox.configuration.dataverse.applications[0].userID)
            try hub.sandbox.dataverse.edit("systemusers", id: user, ["isdisabled": true])
            let call = hub.call()
            try await hub.run(JobKinds.poll)
            try await eventually("ready says why") { hub.readiness["tenant demo: dynamics"]?.state == .degraded }
            let text = hub.readiness["tenant demo: dynamics"]?.text ?? ""
            #expect(text.contains("application user does not exist") && text.contains("0x80072560"), "\(text)")
            try await eventually("the job rests") { try await hub.count("SELECT count(*) FROM hub.job_later") == 1 }
            #expect(try await hub.state(call) == "pending")
            try hub.sandbox.dataverse.edit("systemusers", id: user, ["isdisabled": false])
            try await hub.database.execute(.init("", "UPDATE hub.job_later SET run_at = now()"))
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .ready)
        }
    }

    private static let secrets = [
        (secret: "wrong", words: "The client secret is wrong", code: "AADSTS7000215"),
        (secret: "expired", words: "The client secret has expired", code: "AADSTS7000222"),
    ]

    @Test(
        "A secret that is wrong or expired is told in the operator's words and with its code, whatever meets it",
        arguments: secrets, [true, false])
    func wrongSecret(case: (secret: String, words: String, code: String), isWrite: Bool) async throws {
        try await TestHub.with(
            change: { $0.dataverse.applications[0].expiredSecrets = ["expired"] }, secret: `case`.secret, people: false
        ) { hub in
            let call = hub.call()
            if isWrite {
                // As when people were read before the secret expired.
                try await hub.database.execute(
                    .init("", "UPDATE hub.tenant SET people_at = now(), people_version = people_version + 1"))
                try await hub.run(JobKinds.poll)
            } else {
                try await JobQueue(database: hub.database).enqueue([NewJob(kind: JobKinds.people, tenant: hub.tenant)])
            }
            try await eventually("ready says why") { hub.readiness["tenant demo: dynamics"]?.state == .degraded }
            let text = hub.readiness["tenant demo: dynamics"]?.text ?? ""
            #expect(text.contains(`case`.words) && text.contains(`case`.code), "\(text)")
            try await eventually("the job rests") { try await hub.count("SELECT count(*) FROM hub.job_later") == 1 }
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
            if isWrite { #expect(try await hub.state(call) == "pending") }
        }
    }

    @Test func aWrongEnreachKeyIsToldAndWaitedFor() async throws {
        try await TestHub.with { hub in
            var account = hub.sandbox.enreach.account
            account.secretKey = "another"
            hub.sandbox.enreach.account = account
            try await JobQueue(database: hub.database).enqueue([
                NewJob(kind: JobKinds.poll, tenant: hub.tenant, queue: JobKinds.queue)
            ])
            try await eventually("ready says why") { hub.readiness["tenant demo: enreach"]?.state == .degraded }
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
        }
    }

    @Test func aTenantSwitchedOffInMidFlightRestsAndGoesOn() async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.add(Fault(.slow, on: .dataverse, seconds: 0.3, path: "batch", times: 2))
            for index in 0..<250 { hub.call(from: "+35850\(4_000_000 + index)", ago: Double(200 + index)) }
            try await hub.run(JobKinds.poll)
            try await hub.database.execute(.init("", "UPDATE hub.tenant SET enabled = false"))
            try await eventually("nothing runs") {
                try await hub.count("SELECT count(*) FROM hub.job_lease") == 0
            }
            let written = hub.sandbox.dataverse.phoneCalls().count
            hub.call(ago: 60)
            let poll = try await JobQueue(database: hub.database).enqueue([
                NewJob(kind: JobKinds.poll, tenant: hub.tenant, queue: JobKinds.queue)
            ])
            // The worker looks for jobs every 20 ms; nobody takes those of a tenant that is switched off.
            try await Task.sleep(for: .seconds(1))
            #expect(try await hub.count("SELECT count(*) FROM hub.jobs WHERE id = \(poll[0]) AND state = 'ready'") == 1)
            #expect(hub.sandbox.dataverse.phoneCalls().count == written)
            #expect(try await hub.count("SELECT count(*) FROM hub.call") == 250)
            #expect(try await hub.isBalanced())
            try await hub.database.execute(.init("", "UPDATE hub.tenant SET enabled = true"))
            try await hub.database.execute(.init("", "UPDATE hub.job_later SET run_at = now()"))
            try await eventually("everything is written") {
                try await hub.count("SELECT count(*) FROM hub.call WHERE state = 'written'") == 251
            }
            #expect(hub.sandbox.dataverse.duplicates().isEmpty)
            #expect(hub.sandbox.dataverse.phoneCalls().count == 251)
        }
    }

    @Test("A clock that is wrong loses no call", arguments: [-600.0, 600.0])
    func wrongClock(seconds: Double) async throws {
        try await TestHub.with(change: { $0.start = Date().addingTimeInterval(seconds) }) { hub in
            let first = hub.call(ago: 10)
            try await hub.sync()
            let second = hub.call(from: "+358505555555", ago: 5)
            try await hub.sync()
            #expect(try await hub.state(first) == "written")
            #expect(try await hub.state(second) == "written")
        }
    }

    @Test func aCallThatIsShownOnlyAfterThePollsHaveGonePastItIsFoundByASweep() async throws {
        try await TestHub.with { hub in
            let known = hub.call(from: "+358505555555", ago: 30)
            try await hub.sync()
            // Changed five minutes ago by Enreach's clock, and shown only now.
            let late = hub.call(ago: 600)
            try await hub.sync()
            #expect(try await hub.state(late) == "unknown")
            try await hub.run(JobKinds.sweep, payload: JSONBText.sweep(hours: 1))
            try await hub.quiet()
            #expect(try await hub.state(late) == "written")
            #expect(hub.records(late).count == 1)
            try await hub.run(JobKinds.sweep, payload: JSONBText.sweep(hours: 1))
            try await hub.quiet()
            #expect(hub.sandbox.dataverse.phoneCalls().count == 2)
            #expect(try await hub.story(known).filter { $0.hasPrefix("seen") }.count == 1)
            #expect(try await hub.count("SELECT count(*) FROM hub.timeline WHERE event = 'changed'") == 0)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func aSweepReadsNothingFromBeforeTheFirstPoll() async throws {
        try await TestHub.with { hub in
            try await hub.set("InitialLookBack", "1")
            try await hub.run(JobKinds.sweep, payload: JSONBText.sweep(hours: 72))
            // Changed two hours ago.
            let old = hub.call(ago: 4 * 3600)
            try await hub.sync()
            try await hub.run(JobKinds.sweep, payload: JSONBText.sweep(hours: 72))
            try await hub.quiet()
            #expect(try await hub.state(old) == "unknown")
        }
    }

    @Test func duplicateAndReorderedAnswersChangeNothing() async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.replace(with: [Fault(.duplicate, on: .enreach), Fault(.reorder, on: .enreach)])
            let calls = (0..<50).map { hub.call(from: "+35850\(5_000_000 + $0)", ago: Double(200 + $0)) }
            for call in calls.prefix(10) { hub.call(call, to: TestHub.bobsNumber, seconds: 20, user: TestHub.bob, ago: 150) }
            try await hub.sync()
            try await hub.sync()
            #expect(hub.sandbox.dataverse.phoneCalls().count == 50)
            #expect(try await hub.count("SELECT count(*) FROM hub.timeline WHERE event = 'changed'") == 0)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func theWholeBusyMorningComesOutRight() async throws {
        try await TestHub.with(change: { $0.scenario = ScenarioRequest(.morning, calls: 400, mode: .past) }) { hub in
            try await hub.set("DefaultCrmAssignee", Self.frontDesk(hub))
            try await hub.sync()
            try await eventually(within: .seconds(120), "the sandbox finds nothing wrong") {
                try await hub.sync()
                return hub.sandbox.stage.verdict().clean
            }
            let verdict = hub.sandbox.stage.verdict()
            #expect(verdict.wrong.isEmpty, "\(verdict.wrong.prefix(5))")
            #expect(verdict.duplicates == 0)
            #expect(verdict.missing == 0)
            #expect(try await hub.isBalanced())
        }
    }

    private static func frontDesk(_ hub: TestHub) -> String {
        hub.sandbox.enreach.users.first { $0.userName.hasPrefix("frontdesk") }?.id.lowercase ?? ""
    }
}
