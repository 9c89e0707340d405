import Foundation
import Sandbox
import Testing

@Suite struct ScenarioTests {
    @Test func `A morning has every case, and one seed gives one morning`() async throws {
        try await withSandbox { sandbox in
            sandbox.server.clock.bind(at: Date(timeIntervalSince1970: 1_790_000_000))
            try await sandbox.server.stage.load(ScenarioRequest(.morning, calls: 1000, seed: 7))
            let first = sandbox.server.stage.expectations
            try await sandbox.server.stage.load(ScenarioRequest(.morning, calls: 1000, seed: 7))
            #expect(sandbox.server.stage.expectations == first)
            try await sandbox.server.stage.load(ScenarioRequest(.morning, calls: 1000, seed: 8))
            #expect(sandbox.server.stage.expectations != first)
            let kinds = Set(first.map(\.kind))
            for kind in [
                "inbound", "outbound", "service", "service-nameless-queue", "service-unclassified", "too-short",
                "negative-duration",
                "private", "unclassified", "classed-later", "classed-away", "internal", "missed", "unanswered", "transfer",
                "ring-group", "mobile", "sidebar", "sidebar-elsewhere", "junk-number", "without-time", "late-recording",
                "recorded",
            ] {
                #expect(kinds.contains(kind), "\(kind)")
            }
            #expect(first.filter { $0.state == .written }.allSatisfy { $0.owner != nil && $0.duration >= 5 })
            #expect(Set(first.map(\.callID)).count == first.count)
        }
    }

    @Test func `A live morning shows its calls as time passes`() async throws {
        try await withSandbox { sandbox in
            let noon = Date(timeIntervalSince1970: 1_790_000_000)
            sandbox.server.clock.bind(at: noon)
            sandbox.server.enreach.visibleAfter = 10
            try await sandbox.server.stage.load(ScenarioRequest(.morning, calls: 300, mode: .live, hours: 2))
            #expect(sandbox.server.enreach.callEventCount < 10)
            let changes = sandbox.server.stage.changesLeft
            #expect(changes > 300)
            sandbox.server.clock.advance(by: 3600)
            try await eventually { sandbox.server.stage.changesLeft < changes && sandbox.server.enreach.callEventCount > 50 }
            #expect(sandbox.server.enreach.callEventCount < 300)
            sandbox.server.clock.advance(by: 3700)
            try await eventually { sandbox.server.stage.changesLeft == 0 }
            #expect(sandbox.server.enreach.callEventCount > 300)
            let later = try #require(sandbox.server.stage.expectations.first { $0.kind == "classed-later" })
            #expect(sandbox.server.enreach.events(ofCall: later.callID).map(\.privacy) == ["Work"])
        }
    }

    @Test func `A hundred thousand plain calls are made quickly and served by window`() async throws {
        try await withSandbox { sandbox in
            let clock = ContinuousClock()
            let made = try await clock.measure {
                try await sandbox.server.stage.load(ScenarioRequest(.bulk, calls: 100_000))
            }
            #expect(made < .seconds(120))
            #expect(sandbox.server.enreach.callEventCount == 100_000)
            let answer = try await sandbox.admin("GET", "/scenario")
            #expect(answer.object["calls"] as? Int == 100_000)
        }
    }
}
