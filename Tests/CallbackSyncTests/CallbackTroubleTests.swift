import DynamicsSolution
import Enreach
import FoundationEssentials
import Jobs
import Model
import Operations
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

/// Requests, and what goes wrong with them on their way.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackTroubleTests {
    @Test(
        "A request that nobody could call is written all the same, and never takes others with it",
        arguments: ["ignore", "bundle"])
    func withoutANumber(duplicates: String) async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(duplicates: duplicates)
            let all = [nil, "", "anonymous", "Anonymous", "☎️"].map { hub.request($0) }
            try await hub.sync()
            for id in all {
                #expect(try await hub.state(id) == "written(no_number)")
                #expect(try hub.record(id)["enr_bundleid"].string == nil)
                #expect(hub.inEnreach(id) == "Closed ClosedByIntegration")
            }
        }
    }

    @Test func aRequestThatIsOverAlreadyIsLeftAlone() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(method: "webhook")
            try await hub.run(CallbackJobs.poll)
            let closed = hub.request { $0.close("ClosedSuccessfully") }
            let expired = hub.request { $0.expires = $0.created + 1 }
            for id in [closed, expired] { try await hub.tell(id) }
            try await hub.quiet()
            #expect(try await hub.state(closed) == "skipped(closed_before)")
            #expect(try await hub.state(expired) == "skipped(expired_before)")
            #expect(hub.records(closed).isEmpty && hub.records(expired).isEmpty)
            #expect(try await hub.story(expired) == ["seen", "skipped(expired_before)"])
        }
    }

    @Test func aRequestThatIsClosedBetweenReadingAndWritingKeepsItsPhoneCall() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request()
            // It was read, and somebody closes it before it is written.
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.write, reason: "test", by: "test")
            try await hub.run(CallbackJobs.poll)
            #expect(try await hub.state(id) == "pending")
            hub.sandbox.enreach.alter(callback: id) { $0.close("ClosedSuccessfully") }
            try await admin.resume(kind: CallbackJobs.write)
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(hub.inEnreach(id) == "Closed ClosedSuccessfully")
            #expect(try await hub.column("close_state", of: id) == "elsewhere")
            #expect(try await hub.story(id) == ["seen", "written", "closed_elsewhere"])
        }
    }

    @Test func aRefusedCloseIsTriedAgain() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.sandbox.faults.replace(with: [Fault(.refuseClose, on: .enreach, times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            // It rests for a moment only.
            try await eventually("the close was refused") { hub.sandbox.faults.struck["enreach.refuseClose"] == 1 }
            try await hub.hurry()
            try await eventually("it was closed") { try await hub.column("close_state", of: id) == "done" }
            #expect(hub.inEnreach(id) == "Closed ClosedByIntegration")
            #expect(try await hub.story(id) == ["seen", "written", "close_refused(enreach_409)", "closed"])
            #expect(hub.records(id).count == 1)
        }
    }

    @Test func aCloseThatIsRefusedForGoodIsLeftToPeople() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.sandbox.faults.replace(with: [Fault(.refuseClose, on: .enreach)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually(within: .seconds(180), "the job is given up") {
                try await hub.hurry()
                return try await hub.count("SELECT count(*) FROM hub.job_dead") == 1
            }
            #expect(try await hub.state(id) == "written")
            #expect(try await hub.column("close_state", of: id) == "refused")
            #expect(try await hub.column("error_code", of: id) == "enreach_409")
        }
    }

    @Test func aLostAnswerGivesOneRecord() async throws {
        try await CallbackHub.with { hub in
            // So that the write is the first that is asked of Dynamics.
            try await hub.directory.complete()
            try await hub.profile()
            hub.sandbox.faults.replace(with: [Fault(.cutAfter, on: .dataverse, path: "$batch", times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually("it is written") {
                try await hub.hurry()
                return try await hub.state(id) == "written"
            }
            #expect(hub.records(id).count == 1)
            #expect(try await hub.story(id).contains("already_written"))
            #expect(try hub.queue(of: id) == CallbackHub.queue.lowercase)
        }
    }

    @Test("Clocks that differ by hours lose nothing", arguments: [-7200.0, 7200.0])
    func clockSkew(seconds: Double) async throws {
        try await CallbackHub.with { hub in
            _ = try await hub.admin("POST", "/admin/clock", #"{"enreachSkew":\#(seconds)}"#)
            try await hub.profile(age: 10, unit: "minutes")
            let id = hub.request { record in
                record.created += seconds
                record.modified = record.created
            }
            try await hub.sync()
            #expect(try await hub.state(id) == "written")
        }
    }

    @Test func theFirstOfABundleBeingDeletedKeepsNobodyFromBeingWritten() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            try await hub.sync()
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(first).id)
            let third = hub.request(ago: 100)
            try await hub.sync()
            #expect(try await hub.state(third) == "written")
            let (seconds, thirds) = (try hub.record(second), try hub.record(third))
            #expect(thirds["enr_bundleid"].string != nil)
            #expect(thirds["enr_bundleid"].string == seconds["enr_bundleid"].string)
            #expect(try await hub.column("record_state", of: first) == "deleted")
        }
    }

    @Test(
        "One of a bundle that ends between being read and being linked takes neither the next request nor its owner along",
        arguments: ["api_user", "queue_owner"])
    func oneEndsMeanwhile(ownership: String) async throws {
        try await CallbackHub.with {
            $0.dataverse.updatesOfClosedActivities = false
        } _: { hub in
            try await hub.directory.complete()
            try await hub.profile(ownership: ownership)
            let first = hub.request(ago: 300)
            try await hub.sync()
            // The answer to the read, which says that the first is open, is under way.
            hub.sandbox.faults.replace(with: [Fault(.slow, on: .dataverse, seconds: 3, path: "$batch", times: 1)])
            let second = hub.request(ago: 100)
            try await hub.run(CallbackJobs.poll)
            try await eventually("it was read") { hub.sandbox.faults.struck["dataverse.slow"] == 1 }
            try hub.end(first)
            try await hub.quiet()
            #expect(try await hub.state(second) == "written")
            #expect(try await hub.column("owner_rule", of: second) == ownership)
            #expect(try hub.record(second)["enr_bundleid"].string == nil)
            #expect(try hub.record(first)["statecode"].integer == 1)
            #expect(try await hub.story(second) == ["seen", "written", "closed"])
        }
    }

    @Test func whateverIsWrongWithARequestIsPutRightInOneAttempt() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.profile(ownership: "queue_owner")
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            try await hub.sync()
            // The owner may own nothing any more, the first of the bundle is deleted, and whom the directory knows is gone.
            hub.sandbox.dataverse.setRoles(cannotOwn: [CallbackHub.ann.lowercase])
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(first).id)
            try await hub.directory.add(UUID(), "Gone", CallbackHub.number)
            let third = hub.request(ago: 100)
            try await hub.sync()
            #expect(try await hub.state(third) == "written")
            #expect(try await hub.column("owner_rule", of: third) == "owner_refused")
            #expect(try await hub.column("match_rule", of: third) == "gone")
            #expect(try hub.record(third)["enr_bundleid"].string == hub.record(second).id)
            #expect(try await hub.story(third) == ["seen", "written", "closed"])
        }
    }

    @Test func withoutColumnsOfItsOwnItStillWorks() async throws {
        try await CallbackHub.with {
            $0.dataverse.customColumns = []
        } _: { hub in
            for column in ["CallbackIdColumn", "BundleColumn", "QueueNameColumn", "RecordingUrlColumn"] {
                try await hub.set(column, "")
            }
            #expect(try await hub.book.situation(hub.tenant)?.settings.columns.bundle == "")
            try await hub.profile()
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            try await hub.sync()
            let ids = [first, second].map { PhoneCallID.activity(tenant: "demo", callback: $0).lowercase }
            #expect(Set(hub.sandbox.dataverse.phoneCalls().map(\.id)) == Set(ids))
            #expect(try await hub.state(second) == "written")
            // The hub alone knows that they belong together.
            #expect(try await hub.column("bundle_id", of: second) == ids[0])
            // And finds out that one is done, though nothing in Dynamics tells it from other phone calls.
            try hub.sandbox.dataverse.edit(
                "phonecalls", id: ids[0], ["statecode": 1, "statuscode": 2], as: CallbackHub.ann.lowercase)
            try await hub.run(CallbackJobs.follow)
            #expect(try await hub.column("record_state", of: first) == "completed")
        }
    }

    @Test func aLookupThatBearsAnotherNameIsWrittenUnderIt() async throws {
        try await CallbackHub.with {
            $0.dataverse.customColumns = []
        } _: { hub in
            let definition = SolutionDefinition(Settings())
            let report = try await SolutionReport.read(definition, from: hub.connection.dynamics)
            _ = try await SolutionInstaller(dynamics: hub.connection.dynamics, solution: definition.names.name) { _ in }
                .install(report.findings, in: report.state)
            try await hub.profile()
            // Nobody asked yet what binds it: the bundle is done without, and somebody hears of it.
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            try await hub.sync()
            #expect(try await hub.state(second) == "written")
            #expect(try hub.record(second)["enr_bundleid"].string == nil)
            #expect(try await hub.column("bundle_id", of: second) == nil)
            let text = hub.readiness.report().checks.first { $0.name == "tenant demo: dynamics" }
            #expect(text?.state == .degraded)
            let probes = try await SolutionReport.read(definition, from: hub.connection.dynamics).probes
            #expect(probes.navigation("phonecall", "enr_bundleid") != "enr_bundleid")
            try await hub.database.withTransaction { try await ProbeStore.replace(probes, tenant: hub.tenant, on: $0) }
            let third = hub.request(ago: 100)
            try await hub.sync()
            for id in [second, third] {
                let record = try hub.record(id)
                #expect(try record["enr_bundleid"].string == hub.record(first).id)
            }
        }
    }

    @Test func requestsThatWaitWithoutAJobGetANewOne() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request()
            try await hub.sync()
            try await hub.database.execute(
                Statement(
                    "",
                    "UPDATE hub.callback SET state = 'pending', enreach_state = 'open', changed_at = now() - interval '1 hour' WHERE callback_id = $1"
                ), [id])
            try await hub.run(CallbackJobs.housekeeping)
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(hub.records(id).count == 1)
        }
    }
}

extension CallbackHub {
    /// A particular of the last line of that kind in a request's story.
    func told(_ callback: UUID, _ event: String, _ particular: String) async throws -> String? {
        try await database.query(
            Statement(
                "",
                """
                SELECT detail ->> $3 FROM hub.timeline WHERE subject_id = $1 AND event = $2 ORDER BY at DESC, seq DESC LIMIT 1
                """), [callback, event, particular]
        ).first?[0].decode(String?.self)
    }

    func admin(_ method: String, _ path: String, _ body: String) async throws -> String {
        try await AdminRequest.send(method, sandbox.addresses.admin + path, body)
    }
}
