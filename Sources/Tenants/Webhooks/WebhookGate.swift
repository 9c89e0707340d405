import Synchronization

/// How much may be under way at once, so that a flood costs bounded memory and others are told to come back later.
package final class WebhookGate: Sendable {
    private let most: Int
    private let inside = Mutex(0)

    package init(most: Int = 64) { self.most = most }

    /// Runs the body, or answers nil when too many run already.
    package func pass<Answer>(_ body: () async -> Answer) async -> Answer? {
        let isIn = inside.withLock { inside in
            guard inside < most else { return false }
            inside += 1
            return true
        }
        guard isIn else { return nil }
        defer { inside.withLock { $0 -= 1 } }
        return await body()
    }
}
