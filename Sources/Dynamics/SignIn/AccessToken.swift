/// A token in hand.
struct AccessToken: Sendable, Hashable {
    var value: String
    /// From when on it should be renewed.
    var renewAt: ContinuousClock.Instant
    /// From when on it must not be used.
    var endsAt: ContinuousClock.Instant

    /// - Parameter lifetime: as the answer gives it.
    init(value: String, lifetime: Duration, margin: Duration, at now: ContinuousClock.Instant) {
        self.value = value
        endsAt = now + lifetime
        // Tokens shorter than the margin still get used for half their life.
        renewAt = now + max(lifetime - margin, lifetime / 2)
    }
}
