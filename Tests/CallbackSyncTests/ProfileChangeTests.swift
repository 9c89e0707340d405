import FoundationEssentials
import Jobs
import Model
import Operations
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

/// A changed profile is in force within five seconds, without a poll of the schedule: none runs here unless a test says so.
@Suite(.database, .timeLimit(.minutes(5))) struct ProfileChangeTests {
    /// Generous: beside the change nothing else comes that could put it in force.
    static let limit: Duration = .seconds(40)
    static let carla = UUID(uuidString: "10000000-0000-4000-8000-00000000000c")!
    static let thirdQueue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000003")!

    /// A hub with a profile that hears webhooks and was looked at, and a queue of Carla's beside Ann's.
    private func withProfile(
        ownership: String = "queue_owner", _ body: (CallbackHub, CallbackProfileStore, Operations.Tenant) async throws -> Void
    ) async throws {
        try await CallbackHub.with { hub in
            try hub.sandbox.dataverse.seed(
                "systemusers", [["systemuserid": .string(Self.carla.lowercase), "firstname": "Carla", "lastname": "Niemi"]])
            try hub.addQueue(Self.thirdQueue, "Back office", owner: Self.carla)
            try await hub.profile(ownership: ownership, method: "webhook", age: nil, unit: nil)
            try await hub.sync()
            let tenant = try await Operations.TenantStore(database: hub.database).named("demo")
            try await body(hub, CallbackProfileStore(database: hub.database), tenant)
        }
    }

    /// Changes the profile as `trunkline callbacks profiles set` does.
    private func change(
        _ hub: CallbackHub, _ store: CallbackProfileStore, _ tenant: Operations.Tenant, _ body: (inout CallbackProfile) -> Void
    ) async throws {
        var profile = try await store.named("Support", tenant: tenant).profile
        body(&profile)
        _ = try await store.put(profile, tenant: tenant, who: "test", action: "callback_profile.change")
    }

    private func isWritten(_ hub: CallbackHub, _ id: UUID) async throws {
        try await eventually(within: Self.limit, "the request is written") { try await hub.state(id) == "written" }
    }

    @Test func anotherQueueAndItsOwnerAreUsedForTheNextWebhook() async throws {
        try await withProfile { hub, store, tenant in
            let before = hub.request()
            try await hub.tell(before)
            try await isWritten(hub, before)
            try await change(hub, store, tenant) { $0.queueID = Self.thirdQueue }
            let after = hub.request("+4670111111")
            try await hub.tell(after)
            try await isWritten(hub, after)
            #expect(try hub.queue(of: before) == CallbackHub.queue.lowercase)
            #expect(try hub.record(before)["ownerid"].string == CallbackHub.ann.lowercase)
            #expect(try hub.queue(of: after) == Self.thirdQueue.lowercase)
            #expect(try hub.record(after)["ownerid"].string == Self.carla.lowercase)
            #expect(try await hub.column("profile_version", of: after) == "2")
        }
    }

    @Test func anotherOwnershipRuleIsUsedForTheNextWebhook() async throws {
        try await withProfile(ownership: "api_user") { hub, store, tenant in
            try await change(hub, store, tenant) { $0.ownership = .queueOwner }
            let id = hub.request()
            try await hub.tell(id)
            try await isWritten(hub, id)
            #expect(try hub.record(id)["ownerid"].string == CallbackHub.ann.lowercase)
            #expect(try await hub.column("owner_rule", of: id) == "queue_owner")
        }
    }

    @Test func aProfileThatBeginsToPollReadsItsListAtOnce() async throws {
        try await withProfile { hub, store, tenant in
            // No webhook tells of it.
            let id = hub.request()
            try await change(hub, store, tenant) { ($0.method, $0.age, $0.ageUnit) = (.webhookWithPolling, 2, .days) }
            try await isWritten(hub, id)
            #expect(try await hub.column("told_at", of: id) == nil)
        }
    }

    @Test func aPollThatIsBusyKeepsNoChangeWaiting() async throws {
        try await withProfile { hub, store, tenant in
            // As long as a poll takes that reads a long list.
            hub.sandbox.faults.replace(with: [Fault(.slow, on: .enreach, seconds: 200, path: "callbacks", times: 1)])
            try await JobQueue(database: hub.database).enqueue([CallbackJobs.pollNow(tenant: hub.tenant)])
            try await eventually("the poll is busy") { hub.sandbox.faults.struck["enreach.slow"] == 1 }
            try await change(hub, store, tenant) { $0.queueID = Self.thirdQueue }
            let id = hub.request()
            try await hub.tell(id)
            try await isWritten(hub, id)
            #expect(try hub.queue(of: id) == Self.thirdQueue.lowercase)
        }
    }

    @Test func untilAChangeWasLookedAtRequestsWait() async throws {
        try await withProfile { hub, _, _ in
            // Changed by hand, so that nobody looks.
            try await hub.profile(queue: Self.thirdQueue, ownership: "queue_owner", method: "webhook", age: nil, unit: nil)
            let id = hub.request()
            try await hub.tell(id)
            try await eventually("it was looked at once and put off") {
                try await hub.count(
                    "SELECT count(*) FROM hub.job_later JOIN hub.job_kind USING (kind_id) WHERE name = '\(CallbackJobs.write)'")
                    == 1
            }
            #expect(try await hub.state(id) == "pending")
            #expect(hub.records(id).isEmpty)
            try await hub.run(CallbackJobs.check)
            try await hub.hurry()
            try await hub.quiet()
            #expect(try hub.queue(of: id) == Self.thirdQueue.lowercase)
            #expect(try hub.record(id)["ownerid"].string == Self.carla.lowercase)
            #expect(try await hub.story(id) == ["seen", "written", "closed"])
        }
    }

    @Test func whatWasFoundOutAboutAnOlderVersionCountsForNoOther() async throws {
        try await withProfile { hub, store, tenant in
            try await change(hub, store, tenant) { $0.queueID = Self.thirdQueue }
            try await hub.quiet()
            let late = ProfileCheck.Finding(
                profile: CallbackHub.profile, version: 1, problem: nil,
                queue: CallbackQueue(name: "Support", ownerID: CallbackHub.ann))
            try await ProfileCheck.store([late], tenant: hub.tenant, on: hub.database)
            let situation = try await ProfileStore.read(hub.tenant, from: hub.database)
            #expect(situation.queues[CallbackHub.profile]?.ownerID == Self.carla)
        }
    }

    @Test func aProfileThatWasTakenAwayTakesNothingIn() async throws {
        try await withProfile { hub, store, tenant in
            try await store.remove(try await store.named("Support", tenant: tenant), tenant: tenant, who: "test")
            let id = hub.request()
            try await hub.tell(id)
            try await hub.quiet()
            #expect(try await hub.state(id) == "unknown")
            #expect(try await hub.text("SELECT outcome FROM hub.webhook_event") == "no_profile")
        }
    }
}
