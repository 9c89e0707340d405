import FoundationEssentials
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

@Suite(.database, .timeLimit(.minutes(5))) struct CallbackLifeTests {
    @Test func aRequestBecomesAPhoneCallInItsQueueAndIsClosedInEnreach() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(subject: "Call {number}")
            let id = hub.request { record in
                record.note = "after lunch"
                record.due = record.created + 3600
            }
            try await hub.sync()
            #expect(try await hub.state(id) == "written")
            let record = try hub.record(id)
            #expect(record.id == PhoneCallID.activity(tenant: "demo", callback: id).lowercase)
            #expect(record["subject"].string == "Call \(CallbackHub.number)")
            #expect(record["phonenumber"].string == CallbackHub.number)
            #expect(record["statecode"].integer == 0)
            #expect(record["directioncode"].bool == true)
            #expect(record["description"].string?.hasSuffix("after lunch") == true)
            #expect(try hub.queue(of: id) == CallbackHub.queue.lowercase)
            #expect(record["ownerid"].string == DataverseApplication.demo.userID)
            #expect(hub.inEnreach(id) == "Closed ClosedByIntegration")
            #expect(try await hub.column("close_state", of: id) == "done")
            #expect(try await hub.story(id) == ["seen", "written", "closed"])
        }
    }

    @Test func pollingAgainChangesNothing() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let id = hub.request()
            for _ in 0..<3 { try await hub.sync() }
            #expect(hub.records(id).count == 1)
            #expect(try await hub.story(id) == ["seen", "written", "closed"])
            #expect(try await hub.count("SELECT count(*) FROM report.callback_balance WHERE difference <> 0") == 0)
        }
    }

    @Test func theQueuesOwnerOwnsItWhereTheProfileSaysSo() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(ownership: "queue_owner")
            let id = hub.request()
            try await hub.sync()
            #expect(try hub.record(id)["ownerid"].string == CallbackHub.ann.lowercase)
            #expect(try await hub.column("owner_rule", of: id) == "queue_owner")
        }
    }

    @Test func bundledRequestsAreLinkedToEachOther() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let first = hub.request(ago: 300)
            try await hub.sync()
            #expect(try hub.record(first)["enr_bundleid"].string == nil)
            let second = hub.request(ago: 200)
            let third = hub.request("+358 50 123 4567", ago: 100)
            try await hub.sync()
            let link = try hub.record(first).id
            for id in [first, second, third] { #expect(try hub.record(id)["enr_bundleid"].string == link) }
            #expect(try await hub.count("SELECT bundled FROM report.callback_balance") == 3)
        }
    }

    @Test func aBundleEndsWithItsPhoneCalls() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let first = hub.request(ago: 300)
            try await hub.sync()
            try hub.complete(first)
            let second = hub.request(ago: 100)
            try await hub.sync()
            #expect(try hub.record(second)["enr_bundleid"].string == nil)
            #expect(try await hub.column("record_state", of: first) == "completed")
        }
    }

    @Test func furtherRequestsOfANumberAreIgnoredWhileOneIsOpen() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(duplicates: "ignore")
            let (first, second) = (hub.request(ago: 300), hub.request(ago: 200))
            let other = hub.request("+4670111111")
            try await hub.sync()
            #expect(try await hub.state(first) == "written")
            #expect(try await hub.state(second) == "ignored(same_number)")
            #expect(try await hub.column("ignored_for", of: second) == first.lowercase)
            #expect(try await hub.state(other) == "written")
            #expect(hub.records(second).isEmpty)
            #expect(hub.inEnreach(second) == "Closed ClosedByIntegration")
            try hub.complete(first)
            let third = hub.request(ago: 10)
            try await hub.sync()
            #expect(try await hub.state(third) == "written")
        }
    }

    @Test func ignoringIsAMatterOfOneList() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile(duplicates: "ignore")
            try await hub.profile(UUID(), name: "Sales", list: CallbackHub.otherList.id, duplicates: "ignore")
            let first = hub.request()
            let second = hub.request(list: CallbackHub.otherList)
            try await hub.sync()
            #expect(try await hub.state(first) == "written")
            #expect(try await hub.state(second) == "written")
        }
    }

    @Test func aChangedProfileIsUsedAtTheNextRequestAndKeptInItsHistory() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let first = hub.request()
            try await hub.sync()
            try await hub.profile(subject: "New words")
            try await hub.profile(subject: "New words")
            let second = hub.request("+4670111111")
            try await hub.sync()
            #expect(try hub.record(second)["subject"].string == "New words")
            #expect(try await hub.column("profile_version", of: first) == "1")
            #expect(try await hub.column("profile_version", of: second) == "2")
            #expect(try await hub.count("SELECT count(*) FROM hub.callback_profile_history") == 2)
        }
    }

    @Test func aHundredRequestsTakeFewRequestsToDynamics() async throws {
        try await CallbackHub.with(works: true) { hub in
            try await hub.profile(duplicates: "ignore")
            for index in 0..<100 { hub.request("+3585000\(10_000 + index)") }
            for index in 0..<20 { hub.request("+3585000\(10_000 + index)", ago: 5) }
            try await hub.sync()
            #expect(try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'written'") == 100)
            #expect(try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'ignored'") == 20)
            #expect(hub.sandbox.dataverse.limitFigures().requests <= 30)
        }
    }

    // MARK: Two ways

    @Test func inTheTwoWayModelTheRequestStaysOpenUntilThePhoneCallIsDone() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let (done, cancelled) = (hub.request(), hub.request("+4670111111"))
            try await hub.sync()
            #expect(hub.inEnreach(done) == "Open None")
            try hub.complete(done)
            try hub.complete(cancelled, state: 2, status: 3)
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(hub.inEnreach(done) == "Closed ClosedSuccessfully")
            #expect(hub.inEnreach(cancelled) == "Closed ClosedByIntegration")
            #expect(try await hub.state(done) == "written(record_ended)")
            #expect(try await hub.story(done) == ["seen", "written", "record_completed(record_ended)", "closed"])
        }
    }

    @Test func inTheTwoWayModelThePhoneCallEndsWithTheRequest() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let (done, expired, telling) = (hub.request(), hub.request("+4670111111"), hub.request("+4670222222"))
            try await hub.sync()
            hub.sandbox.enreach.alter(callback: done) { $0.close("ClosedSuccessfully") }
            hub.sandbox.enreach.alter(callback: expired) { $0.close("Expired") }
            try await hub.run(CallbackJobs.follow)
            try await hub.quiet()
            #expect(try hub.record(done)["statecode"].integer == 1)
            #expect(try hub.record(expired)["statecode"].integer == 2)
            #expect(try await hub.state(expired) == "written(request_ended)")
            hub.sandbox.enreach.alter(callback: telling) { $0.close("Busy") }
            try await hub.tell(telling, event: "CallbackClosed")
            try await hub.quiet()
            #expect(try hub.record(telling)["statecode"].integer == 2)
        }
    }

    @Test func aPhoneCallThatAHumanHasDoneIsNotCancelledAfterwards() async throws {
        try await CallbackHub.with { hub in
            try await hub.set("CallbackModel", "two-way")
            try await hub.profile()
            let id = hub.request()
            try await hub.sync()
            try hub.complete(id)
            hub.sandbox.enreach.alter(callback: id) { $0.close("Expired") }
            try await hub.tell(id, event: "CallbackClosed")
            try await hub.quiet()
            #expect(try hub.record(id)["statecode"].integer == 1)
            #expect(try await hub.column("record_state", of: id) == "completed")
        }
    }
}

extension CallbackHub {
    /// A human ends the phone call.
    func complete(_ callback: UUID, state: Int64 = 1, status: Int64 = 2) throws {
        try sandbox.dataverse.edit(
            "phonecalls", id: try record(callback).id, ["statecode": .integer(state), "statuscode": .integer(status)],
            as: Self.ann.lowercase)
    }
}

extension CallbackRecord {
    /// As an agent does.
    mutating func close(_ result: String) {
        state = .closed
        self.result = result
        closed = Date()
    }
}
