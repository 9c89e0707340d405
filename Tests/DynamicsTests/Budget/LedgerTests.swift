import Testing

@testable import Dynamics

@Suite struct LedgerTests {
    private func news(_ lane: BudgetLane, _ costs: [Double]) -> BudgetExchange {
        var news = BudgetExchange()
        news.waiting[Int(lane.rawValue)] = costs
        return news
    }

    @Test func `what leaves the window comes back`() {
        var server = ServerLedger()
        let limits = BudgetLimits()
        server.spend(.init(at: 100, seconds: 50, requests: 5))
        server.spend(.init(at: 200, seconds: 30, requests: 3))
        #expect(server.remaining(at: 200, limits).seconds == 1120)
        #expect(server.remaining(at: 401, limits).seconds == 1170)
        server.take(.init(at: 210, seconds: 900, requests: 100))
        #expect(server.remaining(at: 220, limits).seconds == 900)
        #expect(server.remaining(at: 401, limits).seconds == 950)
        #expect(server.remaining(at: 401, limits).requests == 105)
        // Nothing said within a window: our own reckoning.
        #expect(server.remaining(at: 520, limits).seconds == 1200)
    }

    @Test func `late news goes to its place`() {
        var log = SpendLog()
        for at in [10.0, 30, 20] { log.insert(.init(at: at, seconds: at, requests: 1)) }
        #expect(log.spent(after: 10, upTo: 20).seconds == 20)
        #expect(log.spent(after: 0, upTo: 30).requests == 3)
        #expect(log.next(after: 10) == 20)
    }

    @Test func `trimming keeps the sums`() {
        var log = SpendLog()
        for at in 0..<1000 { log.insert(.init(at: Double(at), seconds: 1, requests: 1)) }
        log.trim(before: 500)
        #expect(log.spent(after: 700, upTo: 800).seconds == 100)
        #expect(log.spent(after: 600, upTo: 999).requests == 399)
    }

    @Test func `a refusal halves the width once and stops everybody`() {
        var ledger = BudgetLedger(limits: BudgetLimits())
        ledger.pace = Pace(width: 40, isStarting: true, cutAt: -.infinity, blockedUntil: -.infinity)
        var refused = news(.live, [1])
        refused.throttles = [.init(sentAge: 1, age: 0, retryAfter: 30), .init(sentAge: 1, age: 0, retryAfter: 10)]
        let grant = ledger.exchange("a", refused, now: 1000)
        #expect(ledger.pace.limit == 20)
        #expect(grant.admitted[0] == 0)
        #expect(grant.askAgainIn == 30)
        #expect(ledger.exchange("b", news(.live, [1]), now: 1029).admitted[0] == 0)
        #expect(ledger.exchange("b", news(.live, [1]), now: 1030.1).admitted[0] == 1)
    }

    @Test func `a refusal over a full window stops everybody and leaves the width`() {
        var ledger = BudgetLedger(limits: BudgetLimits())
        ledger.pace = Pace(width: 40, isStarting: true, cutAt: -.infinity, blockedUntil: -.infinity)
        var desk = BudgetDesk(limits: BudgetLimits())
        desk.enqueue(1, .live, cost: 1, now: 0)
        desk.endExchange(BudgetGrant(admitted: [1, 0, 0, 0]), now: 0)
        _ = desk.pump(now: 0)
        var report = RequestReport(admission: Admission(id: 1, lane: .live, cost: RequestCost(executionSeconds: 1)))
        report.throttle = .init(kind: .executionTime, retryAfter: .seconds(30))
        desk.complete(report, now: 1)
        let grant = ledger.exchange("a", desk.beginExchange(now: 1), now: 1000)
        #expect(ledger.pace.limit == 40 && !ledger.pace.isStarting)
        #expect(grant.figures.blockedSeconds == 30)
    }

    @Test func `a live request that waits elsewhere keeps a backfill from going`() {
        var ledger = BudgetLedger(limits: BudgetLimits())
        ledger.pace = Pace(width: 4, isStarting: false, cutAt: 0, blockedUntil: 0)
        #expect(ledger.exchange("a", news(.backfill, [5, 5, 5, 5, 5, 5]), now: 1000).admitted == [0, 0, 0, 3])
        #expect(ledger.exchange("b", news(.live, [5, 5, 5]), now: 1000).admitted == [1, 0, 0, 0])
        // One of the backfill's requests has ended; its place is for the live ones.
        var next = news(.backfill, [5, 5, 5])
        for _ in 0..<2 { next.inFlight.add(5) }
        #expect(ledger.exchange("a", next, now: 1001).admitted == [0, 0, 0, 0])
        var live = news(.live, [5, 5])
        live.inFlight.add(5)
        #expect(ledger.exchange("b", live, now: 1001).admitted == [1, 0, 0, 0])
    }

    @Test func `a backfill leaves the last of the budget alone`() {
        var ledger = BudgetLedger(limits: BudgetLimits())
        var told = BudgetExchange()
        told.statements = [.init(server: "s", age: 0, seconds: 50, requests: 5000)]
        _ = ledger.exchange("a", told, now: 1000)
        #expect(ledger.exchange("a", news(.backfill, [5]), now: 1000).admitted[3] == 0)
        #expect(ledger.exchange("a", news(.live, [5]), now: 1000).admitted[0] == 1)
    }

    @Test func `an instance that went silent loses its share`() {
        var ledger = BudgetLedger(limits: BudgetLimits())
        ledger.pace = Pace(width: 4, isStarting: false, cutAt: 0, blockedUntil: 0)
        #expect(ledger.exchange("dead", news(.live, [5, 5, 5, 5]), now: 1000).admitted[0] == 4)
        #expect(ledger.exchange("b", news(.live, [5]), now: 1010).admitted[0] == 0)
        #expect(ledger.exchange("b", news(.live, [5]), now: 1031).admitted[0] == 1)
    }

    @Test func `a lane may use what was granted to a less urgent one, not the other way round`() {
        var desk = BudgetDesk(limits: BudgetLimits())
        desk.enqueue(1, .backfill, cost: 1, now: 0)
        _ = desk.beginExchange(now: 0)
        desk.enqueue(2, .live, cost: 1, now: 0)
        var grant = BudgetGrant()
        grant.admitted[3] = 1
        desk.endExchange(grant, now: 0)
        #expect(desk.pump(now: 0).map(\.id) == [2])
        _ = desk.beginExchange(now: 1)
        grant = BudgetGrant()
        grant.admitted[0] = 1
        desk.endExchange(grant, now: 1)
        #expect(desk.pump(now: 1).isEmpty)
    }

    @Test func `news survives a failed exchange`() {
        var desk = BudgetDesk(limits: BudgetLimits())
        desk.enqueue(1, .live, cost: 1, now: 0)
        _ = desk.beginExchange(now: 0)
        var grant = BudgetGrant()
        grant.admitted[0] = 1
        desk.endExchange(grant, now: 0)
        #expect(desk.pump(now: 0).count == 1)
        let admission = Admission(id: 1, lane: .live, cost: RequestCost(executionSeconds: 1))
        desk.complete(
            RequestReport(admission: admission, server: "s", elapsed: .seconds(2), remainingExecutionSeconds: 10), now: 2)
        #expect(desk.beginExchange(now: 3).spends.count == 1)
        desk.failExchange(now: 3, pause: 1)
        #expect(desk.nextExchange().map { $0 >= 4 } == true)
        let again = desk.beginExchange(now: 4)
        #expect(again.spends == [.init(server: "s", age: 2, seconds: 2, requests: 1)])
        #expect(again.statements.first?.seconds == 10)
    }
}
