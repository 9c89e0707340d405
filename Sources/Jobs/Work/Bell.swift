internal import Postgres

/// Being woken instead of polling.
final class Bell: Sendable {
    private struct State {
        var isHeard = false
        /// When this worker said that it sleeps, unless it was rung since.
        var setAt: ContinuousClock.Instant?
    }
    private let state = Guarded(State())

    /// Whether notifications arrive at present.
    var isHeard: Bool { state.withLock { $0.isHeard } }

    func heard(_ isHeard: Bool) { state.withLock { $0 = State(isHeard: isHeard, setAt: nil) } }
    func rung() { state.withLock { $0.setAt = nil } }

    /// Says in the table that a worker of the queue sleeps, unless that stands there already. False: nobody listens, so nobody need ring.
    func set(queue: Int16, on database: Database) async throws -> Bool {
        let mustSet = state.withLock { state in
            guard state.isHeard else { return false }
            if let setAt = state.setAt, .now - setAt < .seconds(1) { return false }
            state.setAt = .now
            return true
        }
        guard mustSet else { return false }
        _ = try await database.query(WorkStore.sleep, [queue])
        return true
    }
}
