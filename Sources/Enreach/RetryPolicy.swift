/// How often and how long to wait before a failed request is sent again.
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all, the first included. 1 means no retry.
    public var attempts: Int = 5
    /// The longest wait before the second attempt; doubles with each further one.
    public var base: Duration = .milliseconds(500)
    /// No wait grows over this.
    public var cap: Duration = .seconds(30)
    /// A vendor's `Retry-After` up to this is waited for; a longer one ends the request as throttled at once, so that the
    /// caller can do something else meanwhile.
    public var longestRetryAfter: Duration = .seconds(60)

    public init() {}

    public init(attempts: Int, base: Duration, cap: Duration, longestRetryAfter: Duration) {
        self.attempts = attempts
        self.base = base
        self.cap = cap
        self.longestRetryAfter = longestRetryAfter
    }

    /// The wait after the failed attempt `attempt` (1 is the first), or nil when it was the last one or the vendor asked for
    /// more patience than ``longestRetryAfter``.
    ///
    /// Without `retryAfter` it is "equal jitter": half of the exponential step for sure, the other half by `random` (0…1), so
    /// that instances that failed together don't come back together, and none comes back at once. With `retryAfter`
    /// up to a tenth more than the vendor asked for.
    public func wait(after attempt: Int, retryAfter: Duration?, random: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        if let retryAfter {
            guard retryAfter <= longestRetryAfter else { return nil }
            return retryAfter + retryAfter * (random * 0.1)
        }
        let doublings = min(attempt - 1, 20)
        let step = min(base * (1 << doublings), cap)
        return step / 2 + step / 2 * random
    }
}
