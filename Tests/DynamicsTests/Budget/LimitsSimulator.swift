import Foundation

@testable import Dynamics

/// The service's limits in virtual time: servers with sliding windows, chosen at random, against which instances with real desks and one real
/// ledger work through an endless backlog.
///
/// What a request cost is counted when it ends (unless told otherwise), and a request is refused when the window is full as it arrives.
struct LimitsSimulator {
    var limits = BudgetLimits()
    var servers = 4
    var instances = 1
    /// Requests each instance keeps waiting or in flight.
    var slots = 32
    /// Execution seconds of one request, drawn evenly from this range.
    var costs = 6.0...8.0
    /// What the desks are told to expect.
    var expected = 7.0
    var lane = BudgetLane.live
    /// Whether answers carry the remaining figures.
    var states = true
    /// Whether answers name their server.
    var labels = true
    /// Seconds of virtual time.
    var duration = 1800.0
    var network = 0.02
    /// How long an exchange with the ledger takes.
    var exchange = 0.004
    var retryAfter = 20.0
    /// Counts a request when it arrives, which the service says it does not do.
    var countsAtStart = false
    /// Execution seconds that somebody else spends per second on each server.
    var foreignLoad = 0.0

    struct Result {
        var spent = 0.0
        var requests = 0
        var throttled = 0
        var exchanges = 0
        var perInstance: [Int] = []
        /// Execution time of each full window, as a share of what the servers have.
        var windows: [Double] = []
        /// Of all windows but the first.
        var admission: Double { windows.dropFirst().reduce(0, +) / Double(max(1, windows.count - 1)) }
        var throttledRatio: Double { Double(throttled) / Double(max(1, requests)) }
    }

    private struct Server {
        var log: [(at: Double, seconds: Double)] = []
        var head = 0
        var seconds = 0.0
        var running = 0

        mutating func slide(to time: Double) {
            while head < log.count, log[head].at <= time {
                seconds -= log[head].seconds
                head += 1
            }
        }
        var requests: Int { log.count - head }
        mutating func spend(_ amount: Double, at time: Double) {
            log.append((time, amount))
            seconds += amount
        }
    }

    private enum Event {
        case arrive(instance: Int, id: UInt64)
        case finish(instance: Int, id: UInt64, server: Int, seconds: Double)
        case answer(instance: Int, id: UInt64, server: Int, elapsed: Double, left: (Double, Int), refused: Bool)
        case consider(instance: Int)
        case exchanged(instance: Int, BudgetGrant)
        case foreign
    }

    private struct Run {
        var desks: [BudgetDesk]
        var servers: [Server]
        var ledger: BudgetLedger
        var heap = EventHeap<Event>()
        var random: SplitMix
        var nextID: UInt64 = 0
        var considering: [Double?]
        var result = Result()
    }

    func run(seed: UInt64) -> Result {
        var run = Run(
            desks: (0..<instances).map { _ in BudgetDesk(limits: limits) }, servers: Array(repeating: Server(), count: servers),
            ledger: BudgetLedger(limits: limits), random: SplitMix(seed: seed),
            considering: Array(repeating: nil, count: instances))
        run.result.perInstance = Array(repeating: 0, count: instances)
        run.result.windows = Array(repeating: 0, count: Int(duration / limits.windowSeconds))
        for instance in 0..<instances {
            for _ in 0..<slots { enqueue(instance, now: 0, &run) }
            consider(instance, now: 0, &run)
        }
        if foreignLoad > 0 { run.heap.push(1, .foreign) }
        while let (now, event) = run.heap.pop(), now < duration { handle(event, now: now, &run) }
        return run.result
    }

    private func enqueue(_ instance: Int, now: Double, _ run: inout Run) {
        run.nextID += 1
        run.desks[instance].enqueue(run.nextID, lane, cost: expected, now: now)
    }

    private func handle(_ event: Event, now: Double, _ run: inout Run) {
        switch event {
        case .arrive(let instance, let id): arrive(instance, id, now: now, &run)
        case .finish(let instance, let id, let server, let seconds):
            run.servers[server].running -= 1
            run.servers[server].slide(to: now - limits.windowSeconds)
            if !countsAtStart { run.servers[server].spend(seconds, at: now) }
            run.result.spent += seconds
            let window = Int(now / limits.windowSeconds)
            let all = Double(servers) * limits.executionSeconds
            if window < run.result.windows.count { run.result.windows[window] += seconds / all }
            run.heap.push(
                now + network / 2,
                .answer(
                    instance: instance, id: id, server: server, elapsed: seconds / limits.timeScale + network,
                    left: left(run.servers[server]), refused: false))
        case .answer(let instance, let id, let server, let elapsed, let left, let refused):
            var report = RequestReport(admission: Admission(id: id, lane: lane, cost: RequestCost(executionSeconds: expected)))
            report.server = labels ? "server\(server)" : nil
            report.elapsed = .seconds(elapsed)
            if states { (report.remainingExecutionSeconds, report.remainingRequests) = left }
            if refused {
                run.result.throttled += 1
                report.throttle = .init(kind: .executionTime, retryAfter: .seconds(retryAfter))
            } else {
                run.result.perInstance[instance] += 1
            }
            run.desks[instance].complete(report, now: now)
            enqueue(instance, now: now, &run)
            consider(instance, now: now, &run)
        case .consider(let instance):
            if run.considering[instance] == now { run.considering[instance] = nil }
            consider(instance, now: now, &run)
        case .exchanged(let instance, let grant):
            run.desks[instance].endExchange(grant, now: now)
            consider(instance, now: now, &run)
        case .foreign:
            for server in run.servers.indices { run.servers[server].spend(foreignLoad, at: now) }
            run.heap.push(now + 1, .foreign)
        }
    }

    private func left(_ server: Server) -> (Double, Int) {
        (max(0, limits.executionSeconds - server.seconds), max(0, limits.requests - server.requests))
    }

    private func arrive(_ instance: Int, _ id: UInt64, now: Double, _ run: inout Run) {
        let server = Int(run.random.next() % UInt64(servers))
        run.result.requests += 1
        run.servers[server].slide(to: now - limits.windowSeconds)
        let state = run.servers[server]
        guard state.seconds < limits.executionSeconds, state.requests < limits.requests, state.running < limits.concurrency else {
            run.heap.push(
                now + network / 2,
                .answer(instance: instance, id: id, server: server, elapsed: network, left: left(state), refused: true))
            return
        }
        run.servers[server].running += 1
        let share = Double(run.random.next() >> 11) / Double(1 << 53)
        let seconds = costs.lowerBound + (costs.upperBound - costs.lowerBound) * share
        if countsAtStart { run.servers[server].spend(seconds, at: now) }
        run.heap.push(
            now + seconds / limits.timeScale, .finish(instance: instance, id: id, server: server, seconds: seconds))
    }

    /// Sends what may go, and sees to the next exchange.
    private func consider(_ instance: Int, now: Double, _ run: inout Run) {
        for (id, _) in run.desks[instance].pump(now: now) {
            run.heap.push(now + network / 2, .arrive(instance: instance, id: id))
        }
        guard let due = run.desks[instance].nextExchange() else { return }
        if due <= now {
            let news = run.desks[instance].beginExchange(now: now)
            let grant = run.ledger.exchange("instance\(instance)", news, now: now + exchange / 2)
            run.result.exchanges += 1
            run.heap.push(now + exchange, .exchanged(instance: instance, grant))
        } else if run.considering[instance].map({ $0 > due }) ?? true {
            run.considering[instance] = due
            run.heap.push(due, .consider(instance: instance))
        }
    }
}

/// Events in order of time; equal times in order of arrival.
struct EventHeap<Event> {
    private var items: [(time: Double, order: Int, event: Event)] = []
    private var count = 0

    private func before(_ a: Int, _ b: Int) -> Bool {
        (items[a].time, items[a].order) < (items[b].time, items[b].order)
    }

    mutating func push(_ time: Double, _ event: Event) {
        count += 1
        items.append((time, count, event))
        var child = items.count - 1
        while child > 0, before(child, (child - 1) / 2) {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (Double, Event)? {
        guard let first = items.first else { return nil }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && before(child, least) { least = child }
            if least == parent { break }
            items.swapAt(parent, least)
            parent = least
        }
        return (first.time, first.event)
    }
}

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
