import Metrics
import Routing
import Synchronization

/// Decisions on their way to the database: filled by the event loops, emptied by the writer. Never waits for either.
final class DecisionQueue: Sendable {
    private struct State {
        var records: [DecisionRecord] = []
        /// Second and how many were taken in it.
        var second: Int64 = 0
        var inSecond = 0
    }

    private let state = Mutex(State())
    private let most: Int
    private let mostPerSecond: Int

    /// - Parameters:
    ///   - most: records that are kept while the database does not take them.
    ///   - mostPerSecond: records that are kept in any second; what comes above is counted, not kept.
    init(most: Int = 100_000, mostPerSecond: Int) {
        self.most = most
        self.mostPerSecond = mostPerSecond
    }

    func add(_ records: [DecisionRecord]) {
        guard let first = records.first else { return }
        let refused = state.withLock { state in
            let second = first.call.at / 1000
            if second != state.second { (state.second, state.inSecond) = (second, 0) }
            let taken = max(0, min(records.count, most - state.records.count, mostPerSecond - state.inSecond))
            state.inSecond += taken
            state.records.append(contentsOf: records.prefix(taken))
            return records.count - taken
        }
        if refused > 0 { RouterMetrics.decisionsDropped.increment(by: Int64(refused)) }
    }

    var count: Int { state.withLock { $0.records.count } }

    func take(_ most: Int) -> [DecisionRecord] {
        state.withLock { state in
            let taken = Array(state.records.prefix(most))
            state.records.removeFirst(taken.count)
            return taken
        }
    }

    /// Gives back what could not be written, as the oldest.
    func giveBack(_ records: [DecisionRecord]) {
        let refused = state.withLock { state in
            let room = max(0, most - state.records.count)
            state.records.insert(contentsOf: records.suffix(room), at: 0)
            return records.count - min(room, records.count)
        }
        if refused > 0 { RouterMetrics.decisionsDropped.increment(by: Int64(refused)) }
    }
}
