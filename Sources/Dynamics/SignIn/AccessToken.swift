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

    /// The answer's `expires_in`: at least a second, at most a day; the service's usual hour when it is missing or can't be understood.
    static func lifetime(_ expiresIn: ODataValue?) -> Duration {
        // Some services write the number as a string.
        let seconds = expiresIn.flatMap { $0.double ?? $0.string.flatMap(Double.init) }
        return .seconds(seconds.flatMap { boundedSeconds($0, 1...86_400) } ?? 3599)
    }
}
