import Foundation
import Synchronization

/// When everything in memory was last known to be current.
final class Freshness: Sendable {
    private let milliseconds = Atomic<Int64>(0)
    /// How long what is in memory is trusted without a look at the database.
    let limit: Duration
    private let limitInMilliseconds: Int64

    init(limit: Duration) {
        self.limit = limit
        limitInMilliseconds = limit.components.seconds * 1000
    }

    func set(_ time: Date) { milliseconds.store(Int64(time.timeIntervalSince1970 * 1000), ordering: .relaxed) }
    var everSet: Bool { milliseconds.load(ordering: .relaxed) > 0 }

    /// - Parameter now: milliseconds since 1970.
    func isStale(at now: Int64) -> Bool { now - milliseconds.load(ordering: .relaxed) > limitInMilliseconds }

    /// Seconds since then; for the metrics.
    var age: Double { max(0, Date().timeIntervalSince1970 - Double(milliseconds.load(ordering: .relaxed)) / 1000) }
}
