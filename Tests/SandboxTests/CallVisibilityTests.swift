import Foundation
import Sandbox
import Testing

@Suite struct CallVisibilityTests {
    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)

    @Test func `A call shows ten seconds after it changed, and its change later moves it in time`() async throws {
        try await withSandbox { sandbox in
            let clock = sandbox.server.clock
            clock.bind(at: Self.noon)
            let id = UUID()
            sandbox.server.enreach.add([event(id, modified: Self.noon)])
            let early = try await calls(sandbox, from: -60, to: 60)
            #expect(early.isEmpty)
            clock.advance(by: 10)
            let shown = try await calls(sandbox, from: -60, to: 60)
            #expect(shown.count == 1)
            #expect(shown.first?["CallId"] as? String == id.uuidString.lowercased())
            #expect(shown.first?["TimeStamp"] as? String == "2026-09-21T14:11:40Z")
            #expect(shown.first?["Direction"] as? Int == 0)
            #expect(shown.first?["PrivacyClass"] as? String == "Undefined")

            clock.advance(by: 1000)
            sandbox.server.enreach.alter(call: id) { $0.privacy = "Work" }
            clock.advance(by: 10)
            let gone = try await calls(sandbox, from: -60, to: 60)
            #expect(gone.isEmpty)
            let later = try await calls(sandbox, from: 1000, to: 1020)
            #expect(later.first?["PrivacyClass"] as? String == "Work")
        }
    }

    @Test func `Several events of one call come together by its id, both ends of a window belong to it`() async throws {
        try await withSandbox { sandbox in
            sandbox.server.clock.bind(at: Self.noon + 100)
            let id = UUID()
            sandbox.server.enreach.add([event(id, modified: Self.noon), event(id, modified: Self.noon + 30)])
            let both = try await sandbox.enreach("/calls?CallId=\(id)").array
            #expect(both.count == 2)
            let within = try await calls(sandbox, from: 0, to: 30)
            #expect(within.count == 2)
            let second = try await calls(sandbox, from: 1, to: 30)
            #expect(second.count == 1)
        }
    }

    @Test func `Without the serializer header times come in the old form`() async throws {
        try await withSandbox { sandbox in
            sandbox.server.clock.bind(at: Self.noon + 100)
            let id = UUID()
            sandbox.server.enreach.add([event(id, modified: Self.noon)])
            let answer = try await sandbox.enreach("/calls?CallId=\(id)", serializer: nil)
            #expect(answer.array.first?["Modified"] as? String == "/Date(1790000000000)/")
        }
    }

    @Test func `Bad data goes out as it is`() async throws {
        try await withSandbox { sandbox in
            sandbox.server.clock.bind(at: Self.noon + 100)
            var bad = event(nil, modified: Self.noon)
            bad.start = nil
            bad.duration = -5
            bad.aNumber = "\"anonymous\" 🤖"
            sandbox.server.enreach.add([bad])
            let all = try await calls(sandbox, from: 0, to: 30)
            let shown = try #require(all.first)
            #expect(shown["CallId"] == nil)
            #expect(shown["TimeStamp"] == nil)
            #expect(shown["Duration"] as? Int == -5)
            #expect(shown["ANum"] as? String == "\"anonymous\" 🤖")
        }
    }

    private func event(_ id: UUID?, modified: Date) -> CallEventRecord {
        CallEventRecord(
            callID: id, aNumber: "+358501234567", bNumber: "+358931010001", start: modified - 100, inbound: true, duration: 90,
            userID: UUID(), userName: "agent1@demo.example", privacy: "Undefined", modified: modified)
    }

    private func calls(_ sandbox: SandboxUnderTest, from: Double, to: Double) async throws -> [[String: Any]] {
        let form = Date.ISO8601FormatStyle()
        let window =
            "ModifiedAfter=\((Self.noon + from).formatted(form))&ModifiedBefore=\((Self.noon + to).formatted(form))"
        return try await sandbox.enreach("/calls?" + window).array
    }
}
