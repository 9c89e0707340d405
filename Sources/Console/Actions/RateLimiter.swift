import Synchronization

/// Lets so many through in a minute for each key, on this instance.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private let perMinute: Int
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let recent = Mutex<[Key: [ContinuousClock.Instant]]>([:])

    /// Keys that are kept in mind; when there are more, the old ones go.
    private static var mostKeys: Int { 10_000 }

    init(perMinute: Int, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.perMinute = perMinute
        self.clock = clock
    }

    /// Notes one more; false when it would be too many.
    func admits(_ key: Key) -> Bool {
        let now = clock()
        return recent.withLock { recent in
            if recent.count >= Self.mostKeys {
                recent = recent.filter { $0.value.last.map { $0.duration(to: now) < .seconds(60) } ?? false }
            }
            var own = recent[key, default: []].filter { $0.duration(to: now) < .seconds(60) }
            guard own.count < perMinute, recent.count < Self.mostKeys || recent[key] != nil else { return false }
            own.append(now)
            recent[key] = own
            return true
        }
    }
}
