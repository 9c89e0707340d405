/// The state that all instances of a tenant share, and the decisions taken on it, as a pure value.
///
/// Web servers are chosen at random by the environment, so a request may land on the fullest one. The ledger admits while the probability that
/// a request meets a full server stays under the accepted risk, counting everything in flight or granted as spread at random.
/// Times are seconds of one clock (the database's).
struct BudgetLedger: Sendable {
    var limits: BudgetLimits
    var servers: [String: ServerLedger] = [:]
    var instances: [String: InstanceLedger] = [:]
    var pace = Pace()

    /// What one instance has out.
    struct InstanceLedger: Sendable, Hashable {
        var load = RequestLoad()
        /// Requests that still wait there, by lane.
        var waiting: [Int] = Array(repeating: 0, count: BudgetLane.allCases.count)
        var expiresAt = 0.0

        var isIdle: Bool { load.count == 0 && waiting.allSatisfy { $0 == 0 } }
    }

    init(limits: BudgetLimits) { self.limits = limits }

    /// Takes an instance's news in and decides what it gets.
    mutating func exchange(_ instance: String, _ news: BudgetExchange, now: Double) -> BudgetGrant {
        take(news, now: now)
        return grant(instance, news, now: now)
    }

    // MARK: News

    mutating func take(_ news: BudgetExchange, now: Double) {
        for spend in news.spends {
            servers[spend.server, default: ServerLedger()].spend(
                .init(at: now - spend.age, seconds: spend.seconds, requests: spend.requests))
        }
        for statement in news.statements {
            servers[statement.server, default: ServerLedger()].take(
                .init(at: now - statement.age, seconds: statement.seconds, requests: statement.requests))
        }
        if let hint = news.parallelismHint { pace.hint(hint) }
        pace.grow(successes: news.successes, ceiling: ceiling(now: now))
        for throttle in news.throttles {
            pace.cut(sentAt: now - throttle.sentAge, at: now - throttle.age, narrows: throttle.narrows)
            pace.block(until: now - throttle.age + (throttle.retryAfter ?? limits.windowSeconds / 60))
        }
        tidy(now: now)
    }

    private mutating func tidy(now: Double) {
        for name in servers.keys { servers[name]?.log.trim(before: now - 2 * limits.windowSeconds) }
        servers = servers.filter { $0.value.seenAt > now - 2 * limits.windowSeconds }
        instances = instances.filter { $0.value.expiresAt > now }
    }

    // MARK: Grant

    private mutating func grant(_ instance: String, _ news: BudgetExchange, now: Double) -> BudgetGrant {
        var others = RequestLoad()
        var othersWaiting = Array(repeating: 0, count: BudgetLane.allCases.count)
        var active = 1
        for (name, other) in instances where name != instance {
            others = others + other.load
            if !other.isIdle { active += 1 }
            for lane in othersWaiting.indices { othersWaiting[lane] += other.waiting[lane] }
        }

        var decision = Decision(self, own: news.inFlight, others: others, now: now)
        decision.share = othersWaiting.contains { $0 > 0 } ? max(1, (pace.limit + active - 1) / active) : .max
        var grant = BudgetGrant()
        if now >= pace.blockedUntil {
            for lane in BudgetLane.allCases {
                let index = Int(lane.rawValue)
                // Somebody else's more urgent request was held back: it goes first.
                if othersWaiting[..<index].contains(where: { $0 > 0 }) { break }
                var admitted = 0
                for cost in news.waiting[index] {
                    guard decision.admit(cost, lane) else { break }
                    admitted += 1
                }
                grant.admitted[index] = admitted
                if admitted < news.waiting[index].count { break }
            }
            if grant.admitted == news.waiting.map(\.count), othersWaiting.allSatisfy({ $0 == 0 }) {
                // Others may need their share of the width any moment.
                grant.spare = spare(news.spare, upTo: active > 1 ? pace.limit / 2 : pace.limit - 1, &decision)
            }
        }
        let held = zip(news.waiting, grant.admitted).map { $0.count - $1 }
        if held.contains(where: { $0 > 0 }) { grant.askAgainIn = decision.askAgainIn(others: active > 1) }
        instances[instance] = InstanceLedger(
            load: decision.own, waiting: held, expiresAt: now + limits.windowSeconds / 10)
        if instances[instance]?.isIdle == true { instances[instance] = nil }
        grant.figures = figures(now: now)
        return grant
    }

    /// Grants ahead of need, while every server has plenty left.
    private func spare(_ wanted: (count: Int, seconds: Double), upTo width: Int, _ decision: inout Decision) -> (
        count: Int, seconds: Double
    ) {
        var count = 0
        while count < wanted.count, decision.hasPlenty, decision.own.count < pace.limit / 2,
            decision.admit(wanted.seconds, .backfill)
        { count += 1 }
        return (count, wanted.seconds)
    }

    // MARK: Figures

    /// Servers that count: those with a label. Answers without labels come from an unknown number of servers, so that only what they say can be
    /// used, not our own reckoning of what they got.
    func known(at now: Double) -> [ServerLedger] {
        let named = servers.filter { !$0.key.isEmpty }.values
        guard named.isEmpty else { return Array(named) }
        return servers.values.filter { ($0.statement?.at ?? -.infinity) > now - limits.windowSeconds }
    }

    /// Many more at once than the execution time can sustain only make requests slower.
    private func ceiling(now: Double) -> Int {
        let sustained = limits.executionSeconds / (limits.windowSeconds * limits.timeScale)
        let named = servers.keys.filter { !$0.isEmpty }.count
        return named == 0 ? limits.concurrency * 4 / 5 : max(4, Int((limits.burst * sustained * Double(named)).rounded(.up)))
    }

    func figures(now: Double) -> LedgerFigures {
        let left = known(at: now).map { $0.remaining(at: now, limits) }
        return LedgerFigures(
            concurrencyLimit: pace.limit, servers: left.count, remainingSeconds: left.map(\.seconds).min(),
            remainingRequests: left.map(\.requests).min(),
            blockedSeconds: max(0, pace.blockedUntil - now))
    }
}
