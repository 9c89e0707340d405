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

@Suite(.database, .timeLimit(.minutes(5))) struct CallbackTroubleTests {
    @Test func aListThatIsGoneStopsItsProfileAndSaysWhy() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(list: UUID())
            try await hub.sync()
            #expect(try await hub.problem() == "list_gone")
            try await hub.profile()
            let id = hub.request()
            try await hub.sync()
            #expect(try await hub.problem() == nil)
            #expect(try await hub.state(id) == "written")
        }
    }

    @Test func aDeletedListIsGone() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.sandbox.enreach.set(callbackLists: [CallbackListRecord(id: CallbackHub.list.id, name: "Support", deleted: true)])
            try await hub.sync()
            #expect(try await hub.problem() == "list_gone")
            let text = hub.readiness.report().checks.first { $0.name == "tenant demo: callback profiles" }?.text
            #expect(text?.hasPrefix("Support: Enreach has no such callback list") == true)
        }
    }

    @Test func aQueueThatGoesLetsRequestsWaitUntilTheProfileIsPutRight() async throws {
        try await CallbackHub.with { hub in
            let gone = UUID()
            try hub.addQueue(gone, "Short-lived", owner: CallbackHub.ann)
            try await hub.profile(queue: gone)
            try await hub.run(CallbackJobs.poll)
            try hub.sandbox.dataverse.delete("queues", id: gone.lowercase)
            let id = hub.request()
            // Read under a profile that worked a moment ago.
            let intake = CallbackIntake(database: hub.database, queue: JobQueue(database: hub.database), instance: hub.instance)
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            let profiles = try await ProfileStore.read(hub.tenant, from: hub.database).profiles
            let listing = try await hub.connection.enreach.waitingCallbacks(
                list: CallbackHub.list.id, createdAfter: hub.now.addingTimeInterval(-3600))
            _ = try await intake.take(
                listing.compactMap { ReceivedCallback($0, now: hub.now) }, for: tenant, profiles: profiles, way: .poll)
            try await hub.quiet()
            #expect(try await hub.state(id) == "pending(profile_in_trouble)")
            #expect(try await hub.told(id, "waiting", "problem") == "queue_gone")
            #expect(hub.inEnreach(id) == "Open None")
            try await hub.run(CallbackJobs.poll)
            #expect(try await hub.problem() == "queue_gone")
            try await hub.profile()
            try await hub.run(CallbackJobs.poll)
            try await hub.hurry()
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(try hub.queue(of: id) == CallbackHub.queue.lowercase)
            #expect(try await hub.story(id) == ["seen", "waiting(profile_in_trouble)", "written", "closed"])
        }
    }

    @Test(
        "Whatever is wrong with a profile, the stories of the requests that wait for it name it",
        arguments: ["list_gone", "queue_gone", "age_out_of_range"])
    func theStoryNamesTheProblem(problem: String) async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request()
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.write, reason: "test", by: "test")
            try await hub.run(CallbackJobs.poll)
            switch problem {
            case "list_gone":
                hub.sandbox.enreach.set(callbackLists: [
                    CallbackListRecord(id: CallbackHub.list.id, name: "Support", deleted: true)
                ])
            case "queue_gone": try hub.sandbox.dataverse.delete("queues", id: CallbackHub.queue.lowercase)
            default: try await hub.profile(age: 1, unit: "minutes")
            }
            // The look at the profile comes before the write.
            try await hub.run(CallbackJobs.poll)
            #expect(try await hub.problem() == problem)
            try await admin.resume(kind: CallbackJobs.write)
            try await hub.quiet()
            #expect(try await hub.state(id) == "pending(profile_in_trouble)")
            #expect(try await hub.told(id, "waiting", "problem") == problem)
            let store = CallbackRowStore(database: hub.database)
            let row = try #require(try await store.rows(id: id, tenant: nil).first)
            let told = CallbackStory(callback: row, events: try await store.events(of: row)).lines.joined(separator: "\n")
            #expect(told.contains("problem: \(problem)"))
        }
    }

    @Test func ofTwoProfilesOfOneListTheOlderHoldsIt() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let second = UUID()
            try await hub.profile(second, name: "Late-comer", queue: CallbackHub.otherQueue)
            let id = hub.request()
            try await hub.sync()
            #expect(try await hub.problem() == nil)
            #expect(try await hub.problem(second) == "list_claimed")
            #expect(try hub.queue(of: id) == CallbackHub.queue.lowercase)
        }
    }

    @Test func aDisabledOwnerIsStoodInFor() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(queue: CallbackHub.otherQueue, ownership: "queue_owner")
            let id = hub.request()
            try await hub.sync()
            #expect(try hub.record(id)["ownerid"].string == DataverseApplication.demo.userID)
            #expect(try await hub.column("owner_rule", of: id) == "queue_owner_disabled")
            #expect(hub.inEnreach(id) == "Closed ClosedByIntegration")
        }
    }

    @Test func aQueueWithoutAnOwnerGivesItsPhoneCallsToWhoStandsIn() async throws {
        try await CallbackHub.with { hub in
            try await hub.database.execute(
                Statement(
                    "",
                    "INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name) VALUES ($1, $2, $3, 'Ann Virtanen')"
                ), [hub.tenant, CallbackHub.ann, UUID()])
            let orphan = UUID()
            try hub.addQueue(orphan, "Orphan", owner: CallbackHub.ann)
            hub.sandbox.dataverse.disown("queues", id: orphan.lowercase)
            try await hub.profile(queue: orphan, ownership: "queue_owner")
            let id = hub.request()
            try await hub.sync()
            #expect(try await hub.problem() == nil)
            #expect(try await hub.state(id) == "written")
            #expect(try await hub.column("owner_rule", of: id) == "queue_without_owner")
            #expect(try await hub.column("owner_id", of: id) == nil)
            #expect(try hub.record(id)["ownerid"].string == DataverseApplication.demo.userID)
            #expect(try hub.queue(of: id) == orphan.lowercase)
            #expect(hub.inEnreach(id) == "Closed ClosedByIntegration")
            // The one who stands in, where there is one.
            try await hub.set("DefaultCrmAssignee", CallbackHub.ann.lowercase)
            let next = hub.request("+4670111111")
            try await hub.sync()
            #expect(try await hub.column("owner_rule", of: next) == "queue_without_owner")
            #expect(try hub.record(next)["ownerid"].string == CallbackHub.ann.lowercase)
        }
    }

    @Test func anOwnerWithoutRightsIsStoodInFor() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(ownership: "queue_owner")
            hub.sandbox.dataverse.setRoles(cannotOwn: [CallbackHub.ann.lowercase])
            let id = hub.request()
            try await hub.sync()
            #expect(try hub.record(id)["ownerid"].string == DataverseApplication.demo.userID)
            #expect(try await hub.column("owner_rule", of: id) == "owner_refused")
        }
    }

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

    @Test func aProfileThatIsTakenAwayMeanwhileLeavesTheRequestAlone() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request()
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.write, reason: "test", by: "test")
            try await hub.run(CallbackJobs.poll)
            let store = CallbackProfileStore(database: hub.database)
            let tenant = try await Operations.TenantStore(database: hub.database).named("demo")
            try await store.remove(try await store.named("Support", tenant: tenant), tenant: tenant, who: "test")
            try await admin.resume(kind: CallbackJobs.write)
            try await hub.quiet()
            #expect(try await hub.state(id) == "skipped(no_profile)")
            #expect(hub.records(id).isEmpty)
            #expect(hub.inEnreach(id) == "Open None")
            #expect(try await hub.story(id) == ["seen", "skipped(no_profile)"])
            // A new profile of the list takes it up.
            try await hub.profile(UUID(), name: "Support again")
            try await hub.sync()
            #expect(try await hub.state(id) == "written")
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
