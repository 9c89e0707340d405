import Synchronization
import TestSupport
import Testing

@testable import Router

@Suite struct TurnstileTests {
    private final class Counts: Sendable {
        private let state = Mutex((inside: 0, most: 0, all: 0))

        var inside: Int { state.withLock { $0.inside } }
        var most: Int { state.withLock { $0.most } }
        var all: Int { state.withLock { $0.all } }

        func come() { state.withLock { $0 = ($0.inside + 1, max($0.most, $0.inside + 1), $0.all + 1) } }
        func go() { state.withLock { $0.inside -= 1 } }
    }

    @Test func `only so many are through at once, and all get through`() async throws {
        let turnstile = Turnstile(2)
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await turnstile.pass { _ in
                        counts.come()
                        await Task.yield()
                        counts.go()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.most == 2 && counts.inside == 0 && counts.all == 50)
    }

    @Test func `one that hangs does not keep the others out for ever`() async throws {
        let turnstile = Turnstile(1, patience: .milliseconds(50))
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        let counts = Counts()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await turnstile.pass { _ in for await _ in stream {} } }
            for _ in 0..<3 { group.addTask { try? await turnstile.pass { _ in counts.come() } } }
            try? await eventually("the others are through") { counts.all == 3 }
            end.finish()
        }
        #expect(counts.all == 3)
        // And it is as narrow as before.
        try await turnstile.pass { _ in counts.come() }
        #expect(counts.all == 4)
    }
}
