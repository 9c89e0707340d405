import Foundation
import Sandbox
import Testing

/// A verdict must be clean for a hub that does everything right, and tell each thing that is wrong.
@Suite struct VerdictTests {
    @Test func `Everything as expected is clean`() async throws {
        try await withMorning { sandbox in
            try Self.writeAll(sandbox)
            let verdict = sandbox.server.stage.verdict()
            #expect(verdict.wrong.isEmpty)
            #expect(verdict.clean)
            #expect(verdict.expected == verdict.present)
            #expect(verdict.expected > 100)
            #expect(verdict.adopted > 0)
            #expect(verdict.none["private"] ?? 0 > 0)
            let answer = try await sandbox.admin("GET", "/verdict")
            #expect(answer.object["clean"] as? Bool == true)
        }
    }

    @Test func `Nothing written is missing, all of it`() async throws {
        try await withMorning { sandbox in
            let verdict = sandbox.server.stage.verdict()
            #expect(verdict.missing == verdict.expected)
            #expect(!verdict.clean)
        }
    }

    @Test func `A wrong owner, a second record and a private call are told`() async throws {
        try await withMorning { sandbox in
            try Self.writeAll(sandbox)
            let expectations = sandbox.server.stage.expectations
            let written = try #require(expectations.first { $0.state == .written })
            let secret = try #require(expectations.first { $0.kind == "private" })
            try sandbox.server.dataverse.seed("phonecalls", [Self.body(written), Self.body(secret)])
            let row = try #require(
                sandbox.server.dataverse.phoneCalls().first {
                    $0["enr_callid"].string == expectations.last { $0.state == .written }?.callID.uuidString.lowercased()
                })
            try sandbox.server.dataverse.edit(
                "phonecalls", id: row.id, .object(JSONObject(["directioncode": .bool(row["directioncode"] == .bool(false))])))
            let verdict = sandbox.server.stage.verdict()
            #expect(verdict.duplicates == 1)
            #expect(verdict.unexpected == 1)
            #expect(verdict.counts["direction"] == 1)
            #expect(Set(verdict.wrong.map(\.what)) == ["duplicate", "unexpected", "direction"])
        }
    }

    private func withMorning(_ body: (SandboxUnderTest) async throws -> Void) async throws {
        try await withSandbox({ $0.scenario = ScenarioRequest(.morning, calls: 400) }, body)
    }

    /// Does what a hub without faults would do.
    private static func writeAll(_ sandbox: SandboxUnderTest) throws {
        for expectation in sandbox.server.stage.expectations {
            switch expectation.state {
            case .written: try sandbox.server.dataverse.seed("phonecalls", [body(expectation)])
            case .adopted:
                guard let id = expectation.adopts else { continue }
                try sandbox.server.dataverse.edit(
                    "phonecalls", id: id.uuidString,
                    .object(JSONObject(["enr_callid": .string(expectation.callID.uuidString.lowercased())])))
            case .skipped, .withdrawn: continue
            }
        }
    }

    private static func body(_ expectation: CallExpectation) -> JSON {
        var body: JSONObject = JSONObject([
            "subject": .string("Call"), "enr_callid": .string(expectation.callID.uuidString.lowercased()),
            "directioncode": .bool(expectation.direction == "outbound"), "phonenumber": .string(expectation.number ?? ""),
            "enr_durationseconds": .integer(Int64(expectation.duration)), "statecode": .integer(1), "statuscode": .integer(2),
        ])
        if let owner = expectation.owner { body["ownerid@odata.bind"] = .string("/systemusers(\(owner))") }
        if let start = expectation.start { body["actualstart"] = .string(start.formatted(Date.ISO8601FormatStyle())) }
        if let queue = expectation.queueName { body["enr_queuename"] = .string(queue) }
        if expectation.recordings > 0 { body["enr_recordingurl"] = .string("https://example.com/1") }
        if let table = expectation.regardingTable, let id = expectation.regardingID {
            body["regardingobjectid_\(table)@odata.bind"] = .string("/\(table)s(\(id))")
        }
        return .object(body)
    }
}
