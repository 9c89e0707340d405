/// Decisions that waited while the database was away are written a little faster than new ones come, so that callers don't notice.
struct DecisionBacklog: Sendable {
    /// By so many a second it shrinks at most.
    static let rate = 1500.0

    private let count: Int
    private let began: ContinuousClock.Instant

    init(count: Int, at now: ContinuousClock.Instant) { (self.count, began) = (count, now) }

    /// How long to wait before more is written; zero when it has not shrunk as fast as it may.
    ///
    /// - Parameter left: how many wait now.
    func pause(left: Int, at now: ContinuousClock.Instant) -> Duration {
        max(.zero, .seconds(Double(count - left) / Self.rate) - began.duration(to: now))
    }
}
