/// The state of one application's token: what to do when somebody asks for it, as a pure value.
struct TokenSlot {
    private(set) var token: AccessToken?
    private(set) var isRenewing = false
    /// After a refusal nobody asks again before this.
    private var refusal: (error: DynamicsError, until: ContinuousClock.Instant)?
    private var failures = 0
    /// Callers that wait for the renewal under way.
    private var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var nextWaiter: UInt64 = 0

    enum Answer {
        case use(String)
        /// The caller is to renew; everybody else goes on with the old token or waits.
        case renew
        case wait
        case refuse(DynamicsError)
    }

    mutating func ask(at now: ContinuousClock.Instant) -> Answer {
        if let token, now < token.endsAt {
            if now < token.renewAt || isRenewing || isRefused(now) { return .use(token.value) }
            isRenewing = true
            return .renew
        }
        if isRenewing { return .wait }
        if let refusal, now < refusal.until { return .refuse(refusal.error) }
        isRenewing = true
        return .renew
    }

    private func isRefused(_ now: ContinuousClock.Instant) -> Bool { refusal.map { now < $0.until } ?? false }

    /// Takes a waiter in while the renewal is still under way; false means: ask again.
    mutating func enqueue(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard isRenewing else { return false }
        nextWaiter += 1
        waiting[nextWaiter] = continuation
        return true
    }

    /// Ends the renewal and hands out who waited for it.
    mutating func renewed(_ token: AccessToken) -> [CheckedContinuation<Void, Never>] {
        self.token = token
        refusal = nil
        failures = 0
        return release()
    }

    mutating func failed(_ error: DynamicsError, at now: ContinuousClock.Instant) -> [CheckedContinuation<Void, Never>] {
        failures += 1
        // Trouble on the way may be over in a moment; a refusal stands until somebody acts.
        let doubled = Double(1 << min(failures - 1, 8))
        let pause = error.isTransient ? min(5, 0.1 * doubled) : min(60, doubled)
        refusal = (error, now + max(.seconds(pause), error.retryAfter ?? .zero))
        return release()
    }

    /// The renewing caller was cancelled: another one takes over.
    mutating func abandoned() -> [CheckedContinuation<Void, Never>] { release() }

    private mutating func release() -> [CheckedContinuation<Void, Never>] {
        isRenewing = false
        defer { waiting = [:] }
        return Array(waiting.values)
    }

    /// Forgets a token that the environment refused, unless a newer one is in hand already.
    mutating func drop(_ value: String) {
        if token?.value == value { token = nil }
    }
}
