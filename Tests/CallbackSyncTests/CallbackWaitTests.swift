import FoundationEssentials
import Jobs
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync

/// Requests whose profile can't work: they wait, and nobody waits for them.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackWaitTests {
    static let otherProfile = UUID(uuidString: "cccccccc-0000-4000-8000-000000000002")!

    @Test func requestsOfOtherListsGoOnWhileAListIsInTrouble() async throws {
        try await withTrouble(duplicates: "bundle") { hub, first, second in
            let other = hub.request(list: CallbackHub.otherList, ago: 100)
            try await hub.run(CallbackJobs.poll)
            try await eventually("the other list's request is written") { try await hub.state(other) == "written" }
            for id in [first, second] { #expect(try await hub.state(id) == "pending(profile_in_trouble)") }
            try await repair(hub)
            try await hub.isDone([first, second])
            try await hub.quiet()
            for id in [first, second] {
                #expect(try await hub.state(id) == "written")
                #expect(try hub.queue(of: id) == CallbackHub.otherQueue.lowercase)
                #expect(try hub.record(id)["enr_bundleid"].string == hub.record(other).id)
                #expect(try await hub.story(id) == ["seen", "waiting(profile_in_trouble)", "written", "closed"])
            }
            #expect(try await hub.unfinished() == 0)
        }
    }

    @Test func ofThoseThatWaitedTheFirstIsTheOneThatOthersAreIgnoredFor() async throws {
        try await withTrouble(duplicates: "ignore") { hub, first, second in
            try await repair(hub)
            // One that comes before those that wait are back does not go ahead of them.
            let third = hub.request(ago: 50)
            try await hub.run(CallbackJobs.poll)
            try await eventually("it waits behind them") { try await hub.state(third) == "pending(profile_in_trouble)" }
            #expect(try await hub.told(third, "waiting", "problem") == "earlier_waits")
            try await hub.isDone([first, second, third])
            #expect(try await hub.state(first) == "written")
            for id in [second, third] {
                #expect(try await hub.state(id) == "ignored(same_number)")
                #expect(try await hub.column("ignored_for", of: id) == first.lowercase)
            }
            #expect(hub.sandbox.dataverse.phoneCalls().count == 1)
        }
    }

    @Test func whatWaitsHasItsJobAndGetsNoSecondOne() async throws {
        try await withTrouble(duplicates: "bundle") { hub, first, second in
            try await hub.database.execute(Statement("", "UPDATE hub.callback SET changed_at = now() - interval '1 hour'"))
            try await hub.run(CallbackJobs.housekeeping)
            #expect(try await hub.unfinished(CallbackJobs.write) == 0)
            #expect(try await hub.unfinished(CallbackJobs.wait) == 2)
            // Something new is told of one of them, and it waits as before.
            hub.sandbox.enreach.alter(callback: second) { $0.note = "Please call" }
            try await hub.run(CallbackJobs.poll)
            try await eventually("it was looked at") { try await hub.unfinished(CallbackJobs.write) == 0 }
            #expect(try await hub.unfinished(CallbackJobs.wait) == 2)
            #expect(try await hub.story(first) == ["seen", "waiting(profile_in_trouble)"])
            // One whose job was taken away gets another.
            let jobs = try await hub.database.query(
                Statement("", "SELECT id FROM hub.jobs WHERE kind = $1 AND state <> 'done'"), [CallbackJobs.wait]
            ).map { try $0[0].decode(Int64.self) }
            _ = try await JobAdmin(database: hub.database).cancel(jobs, reason: "test")
            try await hub.run(CallbackJobs.housekeeping)
            try await eventually("they wait again") {
                let waiting = try await hub.unfinished(CallbackJobs.wait)
                let writing = try await hub.unfinished(CallbackJobs.write)
                return waiting == 2 && writing == 0
            }
            try await repair(hub)
            try await hub.isDone([first, second])
            #expect(try await hub.state(first) == "written")
            #expect(hub.records(second).count == 1)
        }
    }

    @Test func aProfileThatNobodyLooksAtKeepsNoOtherListWaitingForLong() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id, queue: CallbackHub.otherQueue)
            try await hub.run(CallbackJobs.poll)
            let first = hub.request(ago: 300)
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.write, reason: "test", by: "test")
            try await hub.run(CallbackJobs.poll)
            // Changed by hand, so that nobody looks.
            try await hub.profile(age: 3)
            try await admin.resume(kind: CallbackJobs.write)
            try await eventually("it is put off for a moment") {
                try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = 'callback.write' AND state = 'snoozed'") == 1
            }
            #expect(try await hub.state(first) == "pending")
            try await eventually("it waits out of the way") {
                try await hub.database.execute(
                    Statement("", "UPDATE hub.job_later SET enqueued_at = enqueued_at - interval '2 minutes', run_at = now()"))
                return try await hub.state(first) == "pending(profile_in_trouble)"
            }
            #expect(try await hub.told(first, "waiting", "problem") == "unchecked")
            let other = hub.request(list: CallbackHub.otherList, ago: 100)
            try await hub.tell(other, list: CallbackHub.otherList.id)
            try await eventually("the other list's request is written") { try await hub.state(other) == "written" }
            try await hub.run(CallbackJobs.check)
            try await hub.isDone([first])
            #expect(try await hub.state(first) == "written")
        }
    }

    /// Two lists; of the first the queue is deleted while two requests of one number are about to be written.
    private func withTrouble(
        duplicates: String, _ body: (CallbackHub, _ first: UUID, _ second: UUID) async throws -> Void
    ) async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(duplicates: duplicates)
            try await hub.profile(Self.otherProfile, name: "Sales", list: CallbackHub.otherList.id, queue: CallbackHub.otherQueue)
            try await hub.run(CallbackJobs.poll)
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            let admin = JobAdmin(database: hub.database)
            try await admin.pause(kind: CallbackJobs.write, reason: "test", by: "test")
            try await hub.run(CallbackJobs.poll)
            try hub.sandbox.dataverse.delete("queues", id: CallbackHub.queue.lowercase)
            try await hub.run(CallbackJobs.poll)
            try await admin.resume(kind: CallbackJobs.write)
            try await eventually("both wait") {
                let states = [try await hub.state(first), try await hub.state(second)]
                return states == ["pending(profile_in_trouble)", "pending(profile_in_trouble)"]
            }
            #expect(try await hub.told(first, "waiting", "problem") == "queue_gone")
            try await body(hub, first, second)
        }
    }

    private func repair(_ hub: CallbackHub) async throws {
        let duplicates = try await hub.text(
            "SELECT duplicate_rule FROM hub.callback_profile WHERE profile_id = '\(CallbackHub.profile.lowercase)'")
        try await hub.profile(queue: CallbackHub.otherQueue, duplicates: duplicates ?? "")
        try await hub.run(CallbackJobs.check)
        #expect(try await hub.problem() == nil)
    }
}

extension CallbackHub {
    /// Waits until requests wait no longer, whatever was put off being due at once.
    fileprivate func isDone(_ callbacks: [UUID]) async throws {
        try await eventually("they are decided") {
            try await hurry()
            for id in callbacks where try await state(id).hasPrefix("pending") { return false }
            return true
        }
    }

    /// Jobs that are neither done nor dead.
    fileprivate func unfinished(_ kind: String? = nil) async throws -> Int {
        try await count(
            """
            SELECT count(*) FROM hub.jobs WHERE state NOT IN ('done', 'cancelled', 'superseded', 'dead') \(kind.map { "AND kind = '\($0)'" } ?? "")
            """)
    }
}
