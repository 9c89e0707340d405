import Dynamics
import Foundation
import Model
import PhoneNumbers
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// Numbers as they are dialled at home, in a tenant that has its region.
@Suite(.database, .timeLimit(.minutes(5))) struct CallNumberTests {
    @Test func `a number dialled at home becomes E.164 in the hub and in Dynamics`() async throws {
        try await TestHub.with { hub in
            try await hub.region("CN")
            let call = hub.call(from: "13812345678")
            try await hub.sync()
            #expect(try hub.record(call)["phonenumber"].string == "+8613812345678")
            #expect(try await hub.text("SELECT other_number || ' ' || other_raw FROM hub.call") == "+8613812345678 13812345678")
        }
    }

    @Test func `extensions, words and what no plan knows stay as they came`() async throws {
        try await TestHub.with { hub in
            try await hub.region("NL")
            for (number, stored) in [
                ("4711", "- 4711"), ("7001234", "- 7001234"), ("☎️🤖", "- ☎️🤖"), ("anonymous", "- -"), ("+", "- +"),
            ] {
                let call = hub.call(from: number)
                try await hub.sync()
                let kept = try await hub.text(
                    "SELECT coalesce(other_number, '-') || ' ' || coalesce(other_raw, '-') FROM hub.call WHERE call_id = '\(call.lowercase)'"
                )
                #expect(kept == stored)
            }
            #expect(try await hub.isBalanced())
        }
    }

    @Test func `whoever appears in the directory with the number's E.164 is linked late`() async throws {
        try await TestHub.with { hub in
            try await hub.region("NL")
            let directory = StoredDirectory(hub.database, tenant: hub.tenant)
            try await directory.complete()
            let call = hub.call(from: "020 555 0101")
            try await hub.sync()
            #expect(try hub.record(call)["regardingobjectid"].string == nil)
            try hub.sandbox.dataverse.seed(
                "contacts", [["contactid": .string(CallDirectoryTests.dora.lowercase), "lastname": "Dora"]])
            try await hub.run(JobKinds.match)
            try await directory.add(CallDirectoryTests.dora, "Dora", "+31205550101")
            try await hub.run(JobKinds.match)
            try await hub.quiet()
            #expect(try hub.record(call)["regardingobjectid"].string == CallDirectoryTests.dora.lowercase)
        }
    }

    @Test func `mobile calls find whoever has the number as dialled at home, and own numbers are told`() async throws {
        try await TestHub.with(people: false) { hub in
            try await hub.region("FI")
            try hub.sandbox.dataverse.edit("systemusers", id: TestHub.bobInDynamics.lowercase, ["mobilephone": "050 765 4321"])
            try await hub.run(JobKinds.people)
            let mobile = hub.call(from: "+358507654321", to: TestHub.customer, inbound: false, user: nil)
            let between = hub.call(from: TestHub.annsNumber, to: "0507654321", inbound: false)
            try await hub.sync()
            #expect(try hub.record(mobile)["ownerid"].string == TestHub.bobInDynamics.lowercase)
            #expect(
                try await hub.text("SELECT mobile_number FROM hub.person WHERE mobile_raw = '050 765 4321'") == "+358507654321")
            #expect(try await hub.state(between) == "skipped(internal)")
        }
    }

    @Test(
        arguments: [
            "+358501231234", "+358 50 1231234", "+358 50 123 1234", "050 1231234", "050 123 1234", "0501231234",
        ]) func `the agent's record is adopted however the number is written`(written: String) async throws
    {
        try await TestHub.with { hub in
            try await hub.region("FI")
            let calls = [hub.call(ago: 120), hub.call(from: "0501231234", ago: 1200)]
            for ago in [110.0, 1190] {
                try hub.sandbox.dataverse.seed(
                    "phonecalls",
                    [
                        [
                            "subject": "Chat", "phonenumber": .string(written), "directioncode": false,
                            "scheduledstart": .string(DataverseTime.text(hub.now.addingTimeInterval(-ago))),
                            "ownerid@odata.bind": .string("/systemusers(\(TestHub.annInDynamics.lowercase))"),
                        ]
                    ], as: TestHub.annInDynamics.lowercase)
            }
            try await hub.sync()
            for call in calls { #expect(try await hub.state(call) == "adopted") }
            #expect(hub.sandbox.dataverse.phoneCalls().count == 2)
        }
    }

    @Test func `a batch of calls with numbers of all kinds stays one question that Dynamics takes`() throws {
        let calls = (0..<150).map { call("050 12\(30_000 + $0)") }
        let query = try question(for: calls, Settings())
        let text = query.filter?.text ?? ""
        #expect(text.contains("+358501230149") && text.contains("050 123 0149"))
        // An address may be 65,536 long inside a batch, where all but letters, digits and a few signs are three times as long.
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        #expect(text.unicodeScalars.reduce(0) { $0 + (plain.contains($1) ? 1 : 3) } < 60_000)
    }

    @Test func `records of other calls are not asked for, where a column tells whose they are`() throws {
        let calls = [call("050 123 4567"), call("050 123 4568")]
        let ids = calls.map { "\"\($0.id.lowercase)\"" }.joined(separator: ",")
        var settings = Settings()
        let text = try question(for: calls, settings).filter?.text ?? ""
        #expect(text.contains("enr_callid eq null"))
        #expect(text.contains("PropertyName='enr_callid',PropertyValues=[\(ids)]"), "\(text)")
        settings.columns.callID = ""
        #expect(try question(for: calls, settings).filter?.text.contains("eq null") == false)
    }

    private let reader = NumberReader(region: "FI")

    private func call(_ number: String) -> StoredCall {
        let facts = CallFacts(
            privacy: .work, direction: .inbound, answered: true, startedAt: Date(), endedAt: nil, talkSeconds: 60, own: .withheld,
            other: reader.read(number))
        return StoredCall(id: UUID(), state: .pending, facts: facts, activityID: UUID())
    }

    /// The one question that new calls ask.
    private func question(for calls: [StoredCall], _ settings: Settings) throws -> ODataQuery {
        let lookUps = LookUps(
            creates: calls, named: calls, standing: [], settings: settings, people: .nobody, numbers: reader, asksParties: false)
        #expect(lookUps.operations.count == 1)
        guard case .get(let query) = try #require(lookUps.operations.first) else { throw OtherQuestion() }
        return query
    }

    private struct OtherQuestion: Error {}
}

extension TestHub {
    fileprivate func region(_ region: String) async throws {
        try await database.execute(Statement("", "UPDATE hub.tenant SET region = $2 WHERE tenant_id = $1"), [tenant, region])
    }
}
