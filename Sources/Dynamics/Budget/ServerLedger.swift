/// What is known of one web server: what we spent on it, and what it last said is left.
struct ServerLedger: Sendable {
    struct Statement: Sendable, Hashable {
        var at: Double
        var seconds: Double?
        var requests: Int?
    }

    var log = SpendLog()
    private(set) var statement: Statement?
    private(set) var seenAt = -Double.infinity

    mutating func take(_ statement: Statement) {
        seenAt = max(seenAt, statement.at)
        guard statement.at >= self.statement?.at ?? -.infinity, statement.seconds != nil || statement.requests != nil else {
            return
        }
        self.statement = statement
    }

    mutating func spend(_ entry: SpendLog.Entry) {
        log.insert(entry)
        seenAt = max(seenAt, entry.at)
    }

    /// What is left at `time`: the server's own word plus what has left the window since, or our own reckoning where it said nothing.
    func remaining(at time: Double, _ limits: BudgetLimits) -> (seconds: Double, requests: Double) {
        let window = limits.windowSeconds
        let own = log.spent(after: time - window, upTo: time)
        var left = (seconds: limits.executionSeconds - own.seconds, requests: Double(limits.requests - own.requests))
        guard let statement, statement.at > time - window else { return left }
        let freed = log.spent(after: statement.at - window, upTo: time - window)
        if let seconds = statement.seconds { left.seconds = seconds + freed.seconds }
        if let requests = statement.requests { left.requests = Double(requests + freed.requests) }
        return left
    }
}
