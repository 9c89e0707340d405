import Synchronization

/// Lets so many in at once.
final class Gate: Sendable {
    private let most: Int
    private let inside = Mutex(0)

    init(most: Int) { self.most = most }

    func enter() -> Bool {
        inside.withLock { inside in
            guard inside < most else { return false }
            inside += 1
            return true
        }
    }

    func leave() { inside.withLock { $0 -= 1 } }
}
