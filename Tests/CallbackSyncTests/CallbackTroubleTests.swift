import Enreach
import FoundationEssentials
import Jobs
import Model
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
            let listing = try await hub.connection.enreach.openCallbacks(
                list: CallbackHub.list.id, createdAfter: hub.now.addingTimeInterval(-3600))
            _ = try await intake.take(
                listing.compactMap { ReceivedCallback($0, now: hub.now) }, for: tenant, profiles: profiles, way: .poll)
            try await hub.quiet()
            #expect(try await hub.state(id) == "pending(profile_in_trouble)")
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
            // The answer is lost once, and meanwhile somebody closes the request.
            hub.sandbox.faults.replace(with: [Fault(.status503, on: .dataverse, path: "$batch", times: 1)])
            try await hub.run(CallbackJobs.poll)
            hub.sandbox.enreach.alter(callback: id) { $0.close("ClosedSuccessfully") }
            try await hub.quiet()
            #expect(try await hub.state(id) == "written")
            #expect(hub.inEnreach(id) == "Closed ClosedSuccessfully")
            let how = try await hub.column("close_state", of: id)
            #expect(how == "elsewhere" || how == "done")
        }
    }

    @Test func aRefusedCloseIsTriedAgain() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.sandbox.faults.replace(with: [Fault(.refuseClose, on: .enreach, times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually(within: .seconds(30), "the close was refused") {
                try await hub.column("close_state", of: id) == "refused"
            }
            try await hub.hurry()
            try await eventually(within: .seconds(30), "it was closed") { try await hub.column("close_state", of: id) == "done" }
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
            try await eventually(within: .seconds(60), "the job is given up") {
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
            try await hub.profile()
            hub.sandbox.faults.replace(with: [Fault(.cutAfter, on: .dataverse, path: "$batch", times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually(within: .seconds(30), "it is written") {
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

    @Test func withoutColumnsOfItsOwnItStillWorks() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("BundleColumn", "")
            try await hub.profile()
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            try await hub.sync()
            #expect(try await hub.state(first) == "written")
            #expect(try await hub.column("bundle_id", of: second) != nil)
        }
    }

    @Test func aProfileThatIsTakenAwayMeanwhileLeavesTheRequestAlone() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(queue: UUID())
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            #expect(try await hub.problem() == "queue_gone")
            try await hub.profile()
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
    func admin(_ method: String, _ path: String, _ body: String) async throws -> String {
        try await AdminRequest.send(method, sandbox.addresses.admin + path, body)
    }
}
