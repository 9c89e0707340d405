import Synchronization

/// A clock that a test moves.
final class TestClock: Sendable {
    private let passed = Mutex(Duration.zero)
    private let start = ContinuousClock.now

    var now: ContinuousClock.Instant { start.advanced(by: passed.withLock { $0 }) }
    func advance(_ duration: Duration) { passed.withLock { $0 += duration } }
}
