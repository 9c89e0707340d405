import Synchronization

/// Learns what reads and changes cost, in the service's execution seconds, from the requests made.
final class CostEstimator: Sendable {
    private struct State {
        var costs: OperationCosts
        var samples = 0.0
    }
    private let state: Mutex<State>

    init(firstGuess: OperationCosts) { state = Mutex(State(costs: firstGuess)) }

    func cost(of work: RequestWork) -> RequestCost {
        RequestCost(executionSeconds: state.withLock { work.seconds($0.costs) })
    }

    /// Moves the costs towards what a request took: fast at first, then as a running average.
    func learn(_ work: RequestWork, took seconds: Double) {
        state.withLock { state in
            let expected = work.seconds(state.costs)
            guard expected > 0, seconds > 0 else { return }
            let ratio = min(max(seconds / expected, 0.05), 20)
            state.samples = min(state.samples + 1, 20)
            let step = max(1 / state.samples, 0.05)
            // A kind that makes up most of the request learns most from it.
            let readShare = Double(work.reads) * state.costs.read / expected
            state.costs.read *= 1 + step * readShare * (ratio - 1)
            state.costs.change *= 1 + step * (1 - readShare) * (ratio - 1)
        }
    }
}

/// What a request asks of the service.
struct RequestWork: Sendable, Hashable {
    var reads = 0
    var changes = 0

    func seconds(_ costs: OperationCosts) -> Double { Double(reads) * costs.read + Double(changes) * costs.change }

    init(reads: Int = 0, changes: Int = 0) {
        self.reads = reads
        self.changes = changes
    }

    init(_ operations: some Sequence<BatchOperation>) {
        for operation in operations {
            switch operation {
            case .get: reads += 1
            case .change: changes += 1
            case .changeSet(let set): changes += set.count
            }
        }
    }
}
