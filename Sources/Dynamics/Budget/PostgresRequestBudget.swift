import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization

/// The budget of one tenant, shared by all instances through PostgreSQL.
///
/// Requests take what a lease in hand allows; a lease is fetched when it runs out, so far from the limits most requests cost no round trip.
/// ``run()`` fetches the leases: while it does not run, nobody is admitted. When the database can't be reached, requests wait.
public final class PostgresRequestBudget: RequestBudget, Service {
    public let limits: BudgetLimits
    private let database: Database
    private let store: BudgetStore
    private let logger: Logger
    private let wakeUp = WakeUp()
    private let metrics: BudgetMetrics
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var desk: BudgetDesk
        var nextID: UInt64 = 0
        var callers: [UInt64: CheckedContinuation<Double, any Error>] = [:]
        var isClosed = false
    }

    /// - Parameter instance: unique among everything that shares the budget; nil makes a random name.
    public init(
        database: Database, tenant: Int32, limits: BudgetLimits = .init(), instance: String? = nil,
        logger: Logger
    ) {
        self.database = database
        self.limits = limits
        self.logger = logger
        metrics = BudgetMetrics(tenant: String(tenant))
        store = BudgetStore(tenant: tenant, instance: instance ?? UUID().uuidString.lowercased())
        state = Mutex(State(desk: BudgetDesk(limits: limits)))
    }

    public var timeScale: Double { limits.timeScale }
    public var figures: BudgetFigures { state.withLock { $0.desk.snapshot } }

    private var now: Double { (ContinuousClock.now - start) / .seconds(1) }

    // MARK: Requests

    public func admit(lane: BudgetLane, cost: RequestCost) async throws -> Admission {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let waited = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isRefused = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return true }
                    state.callers[id] = continuation
                    state.desk.enqueue(id, lane, cost: cost.executionSeconds, now: now)
                    return false
                }
                if isRefused { continuation.resume(throwing: CancellationError()) } else { pump() }
            }
        } onCancel: {
            let caller = state.withLock { state in
                state.desk.cancel(id) ? state.callers.removeValue(forKey: id) : nil
            }
            caller?.resume(throwing: CancellationError())
        }
        return Admission(id: id, lane: lane, cost: cost, waited: .seconds(waited))
    }

    public func report(_ report: RequestReport) {
        state.withLock { $0.desk.complete(report, now: now) }
        pump()
    }

    /// Lets go who may go; wakes the exchange when somebody waits or there is news.
    private func pump() {
        let going = state.withLock { state in
            state.desk.pump(now: now).compactMap { id, waited in
                state.callers.removeValue(forKey: id).map { ($0, waited) }
            }
        }
        for (caller, waited) in going { caller.resume(returning: waited) }
        wakeUp.call()
    }

    // MARK: Service

    /// Fetches leases until the task is cancelled or a graceful shutdown begins; gives everything back at the end.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            var memory: BudgetStore.Memory?
            var recordedAt = start
            while !isStopping {
                let due = state.withLock { $0.desk.nextExchange() }.map { start + .seconds(max(0, $0)) }
                if let due, due <= .now {
                    await exchange(&memory)
                    // Gauges need not be fresher than they are looked at.
                    if ContinuousClock.now - recordedAt > .seconds(1) {
                        metrics.record(figures)
                        recordedAt = .now
                    }
                } else {
                    await wakeUp.sleep(until: due)
                }
            }
        } onCancelOrGracefulShutdown: {
            self.stopping.withLock { $0 = true }
            self.wakeUp.call()
        }
        await close()
    }

    private let stopping = Mutex(false)
    private var isStopping: Bool { stopping.withLock { $0 } || Task.isCancelled }

    private func exchange(_ memory: inout BudgetStore.Memory?) async {
        let news = state.withLock { $0.desk.beginExchange(now: now) }
        do {
            if memory == nil { try await database.execute(BudgetStore.create, [store.tenant, Pace().width]) }
            var kept = memory ?? BudgetStore.Memory(limits: limits)
            memory = nil
            let (grant, learnt) = try await database.withTransaction { connection in
                var kept = kept
                let grant = try await self.store.exchange(news, &kept, on: connection)
                return (grant, kept)
            }
            kept = learnt
            memory = kept
            state.withLock { $0.desk.endExchange(grant, now: now) }
            pump()
        } catch {
            if !isStopping {
                logger.warning("the budget of requests can't be exchanged; requests wait", metadata: ["error": "\(error)"])
            }
            state.withLock { $0.desk.failExchange(now: now, pause: min(1, max(0.1, limits.windowSeconds / 300))) }
        }
    }

    /// Gives the lease back and lets nobody wait for ever.
    private func close() async {
        let (callers, news) = state.withLock { state in
            state.isClosed = true
            let callers = Array(state.callers.values)
            for id in state.callers.keys { _ = state.desk.cancel(id) }
            state.callers = [:]
            return (callers, state.desk.beginExchange(now: now))
        }
        for caller in callers { caller.resume(throwing: CancellationError()) }
        // In a task of its own, since this one may be cancelled.
        let farewell = Task {
            try? await self.database.withTransaction { connection in
                var memory = BudgetStore.Memory(limits: self.limits)
                var news = news
                news.spare = (0, 0)
                _ = try await self.store.exchange(news, &memory, on: connection)
                try await connection.execute(BudgetStore.release, [self.store.tenant, self.store.instance])
            }
        }
        await farewell.value
    }
}
