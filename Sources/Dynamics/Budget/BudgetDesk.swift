/// One instance's side of the budget: who waits, what is granted, what is in flight, what there is to tell, as a pure value.
///
/// Times are seconds of the instance's own clock.
struct BudgetDesk: Sendable {
    let limits: BudgetLimits

    struct Waiter: Sendable, Hashable {
        var id: UInt64
        var cost: Double
        var since: Double
    }

    private var waiting: [[Waiter]] = Array(repeating: [], count: BudgetLane.allCases.count)
    /// Granted and not used yet: a lane may use what was granted to it or to a less urgent one.
    private var granted: [Int] = Array(repeating: 0, count: BudgetLane.allCases.count)
    private var spare = (count: 0, seconds: 0.0)
    private var inFlight: [UInt64: (cost: Double, since: Double)] = [:]
    private var load = RequestLoad()

    private var news = News()
    /// Told in the exchange under way.
    private var told = News()
    private var exchangedAt = -Double.infinity
    private var askAgainAt = -Double.infinity
    private var isExchanging = false
    /// The ledger can't be reached: nothing is tried before this.
    private var pausedUntil = -Double.infinity
    private var admittedSinceExchange = 0
    private var usualCost = 0.0

    private var counted = BudgetFigures()
    private var ledgerFigures = LedgerFigures()

    /// What came in since the last exchange, with its times.
    private struct News {
        var spends: [(server: String, at: Double, seconds: Double)] = []
        var statements: [String: (at: Double, seconds: Double?, requests: Int?)] = [:]
        var throttles: [(sentAt: Double, at: Double, retryAfter: Double?, narrows: Bool)] = []
        var successes = 0
        var hint: Int?
        var completions = 0
        var isEmpty: Bool { completions == 0 }

        /// Puts what could not be told before what came since.
        mutating func restore(_ earlier: News) {
            spends.insert(contentsOf: earlier.spends, at: 0)
            statements.merge(earlier.statements) { later, _ in later }
            throttles.insert(contentsOf: earlier.throttles, at: 0)
            successes += earlier.successes
            hint = hint ?? earlier.hint
            completions += earlier.completions
        }
    }

    init(limits: BudgetLimits) { self.limits = limits }

    // MARK: Requests

    /// Queues a request; ``pump(now:)`` tells when it may go.
    mutating func enqueue(_ id: UInt64, _ lane: BudgetLane, cost: Double, now: Double) {
        waiting[Int(lane.rawValue)].append(Waiter(id: id, cost: cost, since: now))
    }

    /// The caller has given up; false when the request had gone already.
    mutating func cancel(_ id: UInt64) -> Bool {
        for lane in waiting.indices {
            guard let index = waiting[lane].firstIndex(where: { $0.id == id }) else { continue }
            waiting[lane].remove(at: index)
            return true
        }
        return false
    }

    /// The requests that may go now, and how long each waited.
    mutating func pump(now: Double) -> [(id: UInt64, waited: Double)] {
        var going: [(UInt64, Double)] = []
        for lane in waiting.indices {
            var count = 0
            while count < waiting[lane].count, take(lane, waiting[lane][count].cost) { count += 1 }
            for waiter in waiting[lane].prefix(count) {
                inFlight[waiter.id] = (waiter.cost, now)
                load.add(waiter.cost)
                going.append((waiter.id, max(0, now - waiter.since)))
                let lane = BudgetLane.allCases[lane]
                counted.admitted[lane, default: 0] += 1
                counted.waitedSeconds[lane, default: 0] += max(0, now - waiter.since)
                usualCost += (waiter.cost - usualCost) / (usualCost == 0 ? 1 : 16)
            }
            waiting[lane].removeFirst(count)
            admittedSinceExchange += count
            if !waiting[lane].isEmpty { break }
        }
        return going
    }

    private mutating func take(_ lane: Int, _ cost: Double) -> Bool {
        if let index = (lane..<granted.count).first(where: { granted[$0] > 0 }) {
            granted[index] -= 1
            return true
        }
        guard spare.count > 0, cost <= spare.seconds * 2 else { return false }
        spare.count -= 1
        return true
    }

    /// Takes a request's result in.
    mutating func complete(_ report: RequestReport, now: Double) {
        guard let sent = inFlight.removeValue(forKey: report.admission.id) else { return }
        load.remove(sent.cost)
        news.completions += 1
        news.hint = report.parallelismHint ?? news.hint
        let server = report.server ?? ""
        if let throttle = report.throttle {
            counted.throttled[throttle.kind, default: 0] += 1
            let narrows = throttle.kind == .concurrency || throttle.kind == .other
            news.throttles.append((sent.since, now, throttle.retryAfter.map { $0 / .seconds(1) }, narrows))
        } else {
            news.successes += 1
            let seconds = report.elapsed / .seconds(1) * limits.timeScale
            if seconds > 0 { news.spends.append((server, now, seconds)) }
        }
        if report.remainingExecutionSeconds != nil || report.remainingRequests != nil {
            news.statements[server] = (now, report.remainingExecutionSeconds, report.remainingRequests)
        }
    }

    // MARK: Exchange

    /// When the next exchange is due; nil while there is nothing to tell and nothing to ask.
    func nextExchange() -> Double? {
        if isExchanging { return nil }
        let floor = max(pausedUntil, exchangedAt + min(0.02, limits.windowSeconds / 3000))
        let flush = exchangedAt + limits.windowSeconds / 300
        if waiting.contains(where: { !$0.isEmpty }) { return max(floor, news.isEmpty ? askAgainAt : floor) }
        if !news.isEmpty { return max(floor, flush) }
        let hasGrants = spare.count > 0 || granted.contains { $0 > 0 }
        if hasGrants { return max(floor, flush) }
        return load.count > 0 ? max(floor, exchangedAt + limits.windowSeconds / 30) : nil
    }

    /// What to tell and to ask. Grants in hand are given up for it, so nothing goes out until ``endExchange(_:now:)``.
    mutating func beginExchange(now: Double) -> BudgetExchange {
        isExchanging = true
        granted = granted.map { _ in 0 }
        spare = (0, 0)
        (told, news) = (news, News())
        var exchange = BudgetExchange()
        exchange.spends = summed(told.spends, now: now)
        exchange.statements = told.statements.map {
            .init(server: $0.key, age: max(0, now - $0.value.at), seconds: $0.value.seconds, requests: $0.value.requests)
        }
        exchange.throttles = told.throttles.map {
            .init(
                sentAge: max(0, now - $0.sentAt), age: max(0, now - $0.at), retryAfter: $0.retryAfter, narrows: $0.narrows)
        }
        exchange.successes = told.successes
        exchange.parallelismHint = told.hint
        exchange.inFlight = load
        exchange.waiting = waiting.map { $0.prefix(256).map(\.cost) }
        exchange.spare = (min(64, admittedSinceExchange), usualCost)
        return exchange
    }

    /// Spends of one server within a three-thousandth of the window become one.
    private func summed(_ spends: [(server: String, at: Double, seconds: Double)], now: Double) -> [BudgetExchange.Spend] {
        let grain = limits.windowSeconds / 3000
        var sums: [BudgetExchange.Spend] = []
        for spend in spends {
            let age = max(0, now - spend.at)
            if let index = sums.lastIndex(where: { $0.server == spend.server }), abs(sums[index].age - age) < grain {
                sums[index].seconds += spend.seconds
                sums[index].requests += 1
            } else {
                sums.append(.init(server: spend.server, age: age, seconds: spend.seconds, requests: 1))
            }
        }
        return sums
    }

    mutating func endExchange(_ grant: BudgetGrant, now: Double) {
        isExchanging = false
        told = News()
        exchangedAt = now
        admittedSinceExchange = 0
        granted = grant.admitted
        spare = grant.spare
        askAgainAt = grant.askAgainIn.map { now + $0 } ?? now
        ledgerFigures = grant.figures
        counted.exchanges += 1
    }

    /// The ledger could not be reached: what there is to tell is kept.
    mutating func failExchange(now: Double, pause: Double) {
        isExchanging = false
        news.restore(told)
        told = News()
        exchangedAt = now
        pausedUntil = now + pause
    }

    // MARK: Figures

    var snapshot: BudgetFigures {
        var figures = counted
        for lane in BudgetLane.allCases { figures.waiting[lane] = waiting[Int(lane.rawValue)].count }
        figures.inFlight = load.count
        figures.concurrencyLimit = ledgerFigures.concurrencyLimit
        figures.servers = ledgerFigures.servers
        figures.remainingExecutionSeconds = ledgerFigures.remainingSeconds
        figures.remainingRequests = ledgerFigures.remainingRequests.map { Int($0) }
        figures.blockedSeconds = ledgerFigures.blockedSeconds
        return figures
    }
}
