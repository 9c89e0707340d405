import Synchronization

/// How much may be under way at once, so that a flood costs bounded memory and others are told to come back later.
///
/// Half of the places are the tenants' own, the same number for each, one at least; the other half is for whoever comes first. So one tenant's
/// flood keeps no other out.
package final class WebhookGate: Sendable {
    private let most: Int
    private let inside = Mutex<[String: Int]>([:])

    package init(most: Int = 64) { self.most = most }

    /// Runs the body, or answers nil when too many run already.
    ///
    /// - Parameter tenants: how many share the gate.
    package func pass<Answer>(_ tenant: String, of tenants: Int, _ body: () async -> Answer) async -> Answer? {
        let own = most == 0 ? 0 : max(1, most / (2 * max(tenants, 1)))
        let shared = max(0, most - own * max(tenants, 1))
        let isIn = inside.withLock { inside in
            let mine = inside[tenant] ?? 0
            let (all, taken) = inside.values.reduce((0, 0)) { ($0.0 + $1, $0.1 + max(0, $1 - own)) }
            // Of more tenants than places not each has one of its own.
            guard all < most, mine < own || taken < shared else { return false }
            inside[tenant] = mine + 1
            return true
        }
        guard isIn else { return nil }
        defer {
            inside.withLock { inside in
                let left = (inside[tenant] ?? 1) - 1
                inside[tenant] = left > 0 ? left : nil
            }
        }
        return await body()
    }
}
