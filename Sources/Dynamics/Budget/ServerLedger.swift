/// What is known of one web server: what we spent on it, and what it last said is left.
struct ServerLedger: Sendable {
    struct Statement: Sendable, Hashable {
        var at: Double
        var seconds: Double?
        var requests: Int?
    }

    var log = SpendLog()
    private(set) var statement: Statement?
    /// The last statement that was above zero. Zero may mean any overdraft, since requests under way when the window filled were let in; so from
    /// here our own reckoning goes on.
    private var anchor: (at: Double, seconds: Double)?
    private(set) var seenAt = -Double.infinity

    mutating func take(_ statement: Statement) {
        seenAt = max(seenAt, statement.at)
        guard statement.at >= self.statement?.at ?? -.infinity, statement.seconds != nil || statement.requests != nil else {
            return
        }
        self.statement = statement
        if let seconds = statement.seconds, seconds > 0 { anchor = (statement.at, seconds) }
    }

    mutating func spend(_ entry: SpendLog.Entry) {
        log.insert(entry)
        seenAt = max(seenAt, entry.at)
    }

    /// What is left at `time`: the server's own word plus what has left the window since, or our own reckoning where it said nothing.
    func remaining(at time: Double, _ limits: BudgetLimits) -> (seconds: Double, requests: Double) {
        let start = time - limits.windowSeconds
        let own = log.spent(after: start, upTo: time)
        var left = (seconds: limits.executionSeconds - own.seconds, requests: Double(limits.requests - own.requests))
        guard let statement, statement.at > start else { return left }
        let freed = log.spent(after: statement.at - limits.windowSeconds, upTo: start)
        if let requests = statement.requests { left.requests = Double(requests + freed.requests) }
        guard let seconds = statement.seconds else { return left }
        if seconds <= 0, let anchor, anchor.at > start {
            left.seconds =
                anchor.seconds + log.spent(after: anchor.at - limits.windowSeconds, upTo: start).seconds
                - log.spent(after: anchor.at, upTo: time).seconds
        }
        left.seconds = seconds > 0 ? seconds + freed.seconds : min(freed.seconds, left.seconds)
        return left
    }
}
