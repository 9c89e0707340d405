import Enreach
import FoundationEssentials
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

/// What no message tells of: phone calls that were deleted, and requests whose end a lost webhook told.
@Suite(.database, .timeLimit(.minutes(5))) struct FollowTests {
    @Test(arguments: [("two-way", "Closed ClosedByIntegration"), ("simple", "Closed ClosedByIntegration")])
    func aDeletedPhoneCallOfAnOpenRequestIsNoticed(model: String, inEnreach: String) async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", model)
            try await hub.profile()
            let (gone, left) = (hub.request(), hub.request("+4670111111"))
            try await hub.sync()
            let record = try hub.record(gone).id
            try hub.sandbox.dataverse.delete("phonecalls", id: record, as: CallbackHub.ann.lowercase)
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try await hub.column("record_state", of: gone) == "deleted")
            #expect(try await hub.state(gone) == "written(deleted_by_human)")
            #expect(try await hub.story(gone).contains("record_deleted(deleted_by_human)"))
            #expect(hub.inEnreach(gone) == inEnreach)
            #expect(hub.records(gone).isEmpty)
            #expect(try await hub.column("record_state", of: left) == "open")
            #expect(hub.inEnreach(left) == (model == "simple" ? inEnreach : "Open None"))
        }
    }

    @Test func openPhoneCallsAreLookedAtInTurnAPortionAtATime() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let portion = Int(FollowedRecords.portion)
            for index in 0..<(portion + 20) { hub.request("+3585000\(10_000 + index)") }
            try await hub.sync()
            let ids = try await hub.database.query(
                Statement("", "SELECT callback_id FROM hub.callback WHERE record_state = 'open' ORDER BY callback_id")
            ).map { try $0[0].decode(UUID.self) }
            let last = try #require(ids.last)
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(last).id, as: CallbackHub.ann.lowercase)
            let before = hub.sandbox.dataverse.limitFigures().requests
            try await hub.run(CallbackJobs.follow)
            #expect(try await hub.column("record_state", of: last) == "open")
            // What ended since the last look, and one batch for the portion.
            #expect(hub.sandbox.dataverse.limitFigures().requests - before <= 2)
            try await hub.run(CallbackJobs.follow)
            #expect(try await hub.column("record_state", of: last) == "deleted")
            // The turn is over, and the next one begins with the first.
            try hub.sandbox.dataverse.delete("phonecalls", id: try hub.record(ids[0]).id, as: CallbackHub.ann.lowercase)
            try await hub.run(CallbackJobs.follow)
            #expect(try await hub.column("record_state", of: ids[0]) == "deleted")
        }
    }

    @Test func aRequestWhoseEndALostWebhookToldIsRepaired() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile(method: "webhook", age: nil, unit: nil)
            try await hub.sync()
            let (closed, expired) = (hub.request(), hub.request("+4670111111"))
            for id in [closed, expired] { try await hub.tell(id) }
            try await hub.quiet()
            try await hub.run(CallbackJobs.follow)
            // Nobody tells of any of these.
            let silent = hub.request("+4670222222")
            hub.sandbox.enreach.alter(callback: closed) { $0.close("ClosedSuccessfully") }
            hub.sandbox.enreach.alter(callback: expired) { $0.close("Expired") }
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(closed)["statecode"].integer == 0, "it was looked already a moment ago")
            try await hub.isLongAgo("enreach_told")
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(closed)["statecode"].integer == 1)
            #expect(try hub.record(expired)["statecode"].integer == 2)
            #expect(try await hub.state(silent) == "unknown", "nobody asked for polling")
            #expect(try await hub.state(expired) == "written(request_ended)")
        }
    }

    @Test func aPhoneCallThatALaterRequestFoundEndedClosesItsRequest() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let first = hub.request(ago: 300)
            try await hub.sync()
            try hub.end(first)
            // Its write asks which phone calls of the number are open.
            let second = hub.request(ago: 100)
            try await hub.sync()
            #expect(try await hub.state(second) == "written")
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try await hub.column("record_state", of: first) == "completed")
            #expect(hub.inEnreach(first) == "Closed ClosedSuccessfully")
        }
    }

    @Test func howARequestEndedIsToldByTheWordsThatAreConfigured() async throws {
        let words = try RequestMap(overrides: ["value.result_success": "Done", "value.result_expired": "TimedOut"])
        try await CallbackHub.with(requests: words) { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let (called, other) = (hub.request(), hub.request("+4670111111"))
            try await hub.sync()
            try await hub.run(CallbackJobs.follow)
            hub.sandbox.enreach.alter(callback: called) { $0.close("Done") }
            hub.sandbox.enreach.alter(callback: other) { $0.close("ClosedSuccessfully") }
            try await hub.run(CallbackJobs.follow)
            let late = hub.request("+4670222222") { $0.close("TimedOut") }
            try await hub.tell(late)
            try await hub.quiet()
            #expect(try hub.record(called)["statecode"].integer == 1)
            #expect(try hub.record(other)["statecode"].integer == 2)
            #expect(try await hub.state(late) == "skipped(expired_before)")
        }
    }

    @Test func aListThatIsPolledIsFollowedEachTime() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let id = hub.request()
            try await hub.sync()
            try await hub.run(CallbackJobs.follow)
            hub.sandbox.enreach.alter(callback: id) { $0.close("Expired") }
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(id)["statecode"].integer == 2)
        }
    }
}

extension CallbackHub {
    /// The last look at something is as long ago as its time between looks.
    fileprivate func isLongAgo(_ source: String) async throws {
        try await database.execute(
            Statement(
                "",
                "UPDATE hub.callback_mark SET changed_at = now() - make_interval(secs => $1::double precision) WHERE source = $2"),
            [FollowedRequests.repair + 1, source])
    }
}
