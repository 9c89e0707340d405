import Synchronization

/// A budget that admits everything at once and only counts; for tests and for `doctor`.
public final class UnlimitedBudget: RequestBudget {
    private let state = Mutex((next: UInt64(0), figures: BudgetFigures()))

    public init() {}

    public func admit(lane: BudgetLane, cost: RequestCost) async throws -> Admission {
        state.withLock { state in
            state.next += 1
            state.figures.admitted[lane, default: 0] += 1
            state.figures.inFlight += 1
            return Admission(id: state.next, lane: lane, cost: cost)
        }
    }

    public func report(_ report: RequestReport) {
        state.withLock { state in
            state.figures.inFlight -= 1
            if let throttle = report.throttle { state.figures.throttled[throttle.kind, default: 0] += 1 }
        }
    }

    public var figures: BudgetFigures { state.withLock { $0.figures } }
}
