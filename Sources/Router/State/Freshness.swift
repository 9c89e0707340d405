import Foundation
import Synchronization

/// When everything in memory was last known to be current.
final class Freshness: Sendable {
    private let milliseconds = Atomic<Int64>(0)
    /// Milliseconds after which nothing in memory is trusted any more.
    private let limit: Int64

    init(limit: Duration) { self.limit = limit.components.seconds * 1000 }

    func set(_ time: Date) { milliseconds.store(Int64(time.timeIntervalSince1970 * 1000), ordering: .relaxed) }
    var everSet: Bool { milliseconds.load(ordering: .relaxed) > 0 }

    /// - Parameter now: milliseconds since 1970.
    func isStale(at now: Int64) -> Bool { now - milliseconds.load(ordering: .relaxed) > limit }

    /// Seconds since then; for the metrics.
    var age: Double { max(0, Date().timeIntervalSince1970 - Double(milliseconds.load(ordering: .relaxed)) / 1000) }
}
