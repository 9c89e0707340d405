/// When work that nobody waits for has taken its share of the time, and has to rest.
struct Pace {
    private let share: Double
    private var since: MonotonicTime
    private var worked: Duration = .zero

    /// Rests are this long at least: a loop's timers know milliseconds.
    private static let turn = Duration.milliseconds(2)

    /// - Parameter share: of the time that may be worked; 1 for all of it.
    init(share: Double, at now: MonotonicTime) {
        self.share = share
        since = now
    }

    /// Work stops here; until when, if it has to rest.
    mutating func rest(at now: MonotonicTime) -> MonotonicTime? {
        worked += .nanoseconds(now.nanoseconds - since.nanoseconds)
        let rest = worked * (1 / share - 1)
        guard rest >= Self.turn else { return nil }
        worked = .zero
        return now + rest
    }

    mutating func goOn(at now: MonotonicTime) { since = now }
}
