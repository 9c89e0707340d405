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

/// Profiles whose list, queue or owner is in trouble.
@Suite(.database, .timeLimit(.minutes(5))) struct ProfileTroubleTests {
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
}
