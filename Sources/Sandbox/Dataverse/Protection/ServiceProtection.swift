/// Service protection limits: for each user and virtual web server a sliding window over requests and execution time, and
/// a count of requests at once. What a request cost is known when it ends, so the windows refuse after the fact.
struct ServiceProtection {
    struct Ticket {
        var user: Guid
        var server: Int
    }

    struct Refusal {
        var kind: ThrottleKind
        /// Simulated seconds.
        var retryAfter: Double
    }

    private struct Key: Hashable {
        var user: Guid
        var server: Int
    }

    private struct Server {
        var window: SlidingWindow
        var running = 0
        /// Refusals of who knew better, and from when on and until when the client does: it was told to stay away, and for how long.
        var pushes = 0
        var knows = 0.0
        var comeBack = 0.0
    }

    /// Simulated seconds, the unit of Retry-After, from a refusal until its client is taken to know of it. What comes earlier was under way
    /// when the first was refused, and its sender doesn't push.
    static let notice = 1.0

    var limits: DataverseLimits
    private var servers: [Key: Server] = [:]
    private(set) var record = AdmissionRecord()

    init(limits: DataverseLimits) {
        self.limits = limits
    }

    /// Lets a request in or refuses it. `now` is in simulated seconds.
    mutating func enter(_ user: Guid, server: Int, at now: Double) -> Result<Ticket, RefusalError> {
        let key = Key(user: user, server: server)
        var state = servers[key] ?? Server(window: SlidingWindow(length: limits.window))
        state.window.slide(to: now)
        defer { servers[key] = state }
        record.arrived(at: now)
        if limits.enabled, let kind = exceeded(state) {
            let wait =
                kind == .concurrency
                ? 1 : max(1, state.window.wait(requests: limits.requests, execution: limits.executionTime, at: now))
            if now >= state.comeBack {
                state.pushes = 0
                state.knows = now + Self.notice
            } else if now >= state.knows {
                state.pushes += 1
            }
            // Who keeps pushing is told to stay away for longer, up to a whole window.
            let retryAfter = min(wait * (1 + Double(state.pushes) / 2), limits.window)
            state.comeBack = now + retryAfter
            record.refused(kind)
            return .failure(RefusalError(refusal: Refusal(kind: kind, retryAfter: retryAfter)))
        }
        state.running += 1
        state.window.add(requests: 1, execution: 0, at: now)
        record.admitted()
        return .success(Ticket(user: user, server: server))
    }

    private func exceeded(_ state: Server) -> ThrottleKind? {
        if state.running >= limits.concurrency { return .concurrency }
        if state.window.requests >= limits.requests { return .requests }
        if state.window.execution >= limits.executionTime { return .executionTime }
        return nil
    }

    /// A request has ended after so many simulated seconds of execution.
    mutating func leave(_ ticket: Ticket, execution: Double, at now: Double) {
        let key = Key(user: ticket.user, server: ticket.server)
        servers[key]?.running -= 1
        servers[key]?.window.add(requests: 0, execution: execution, at: now)
        record.finished(execution: execution, at: now)
    }

    /// What the rate limit headers tell: requests and seconds left in the window of a user on a server.
    mutating func remaining(_ user: Guid?, server: Int, at now: Double) -> (requests: Int, seconds: Double) {
        guard limits.enabled, let user, var state = servers[Key(user: user, server: server)] else {
            return (limits.requests, limits.executionTime)
        }
        state.window.slide(to: now)
        servers[Key(user: user, server: server)] = state
        return (max(0, limits.requests - state.window.requests), max(0, limits.executionTime - state.window.execution))
    }

    mutating func count(operations: Int) {
        record.ran(operations: operations)
    }

    func figures(servers: Int) -> DataverseLimitFigures {
        record.figures(limits: limits, servers: servers)
    }

    mutating func resetRecord() {
        record = AdmissionRecord()
    }

    /// Forgets all windows as well.
    mutating func reset() {
        for key in servers.keys { servers[key]?.window = SlidingWindow(length: limits.window) }
        record = AdmissionRecord()
    }
}

/// `Result` wants an error.
struct RefusalError: Error {
    var refusal: ServiceProtection.Refusal
}
