import Metrics
import Routing
import Synchronization

/// Decisions on their way to the database: filled by the event loops, emptied by the writer. Never waits for either.
///
/// They come and go in bundles, so that nobody holds the lock for as long as a hundred thousand of them take to be moved.
final class DecisionQueue: Sendable {
    private struct State {
        /// Oldest first.
        var bundles: [[DecisionRecord]] = []
        var count = 0
        var bytes = 0
        /// Second and how many were taken in it.
        var second: Int64 = 0
        var inSecond = 0
    }

    /// How many records a bundle has at most: written at once, without taking a processor for long.
    static let bundle = 256

    private let state = Mutex(State())
    private let most: Int
    private let mostBytes: Int
    private let mostPerSecond: Int

    /// - Parameters:
    ///   - most: records that are kept while the database does not take them.
    ///   - mostBytes: about as much memory as they may take.
    ///   - mostPerSecond: records that are kept in any second; what comes above is counted, not kept.
    init(most: Int = 100_000, mostBytes: Int = 128 << 20, mostPerSecond: Int) {
        self.most = most
        self.mostBytes = mostBytes
        self.mostPerSecond = mostPerSecond
    }

    /// - Parameter records: at most ``bundle``. Few are copied into the newest bundle, many make one of their own.
    func add(_ records: [DecisionRecord]) {
        guard let first = records.first else { return }
        let size = Self.size(records)
        let refused = state.withLock { state in
            let second = first.call.at / 1000
            if second != state.second { (state.second, state.inSecond) = (second, 0) }
            var taken = max(0, min(records.count, most - state.count, mostPerSecond - state.inSecond))
            if state.bytes + size > mostBytes { taken = 0 }
            state.inSecond += taken
            state.count += taken
            state.bytes += taken == records.count ? size : Self.size(records.prefix(taken))
            if taken > Self.bundle / 2 {
                state.bundles.append(taken == records.count ? records : Array(records.prefix(taken)))
            } else if taken > 0 {
                if (state.bundles.last?.count ?? Self.bundle) + taken > Self.bundle { state.bundles.append([]) }
                state.bundles[state.bundles.count - 1].append(contentsOf: records.prefix(taken))
            }
            return records.count - taken
        }
        if refused > 0 { RouterMetrics.decisionsDropped.increment(by: Int64(refused)) }
    }

    var count: Int { state.withLock { $0.count } }

    /// The oldest bundle; empty when there is none.
    func take() -> [DecisionRecord] {
        state.withLock { state in
            guard !state.bundles.isEmpty else { return [] }
            let taken = state.bundles.removeFirst()
            state.count -= taken.count
            state.bytes -= Self.size(taken)
            return taken
        }
    }

    /// Gives back what could not be written, as the oldest.
    func giveBack(_ records: [DecisionRecord]) {
        let refused = state.withLock { state in
            let room = state.bytes > mostBytes ? 0 : max(0, min(records.count, most - state.count))
            state.count += room
            state.bytes += Self.size(records.suffix(room))
            if room > 0 { state.bundles.insert(room == records.count ? records : Array(records.suffix(room)), at: 0) }
            return records.count - room
        }
        if refused > 0 { RouterMetrics.decisionsDropped.increment(by: Int64(refused)) }
    }

    private static func size(_ records: some Sequence<DecisionRecord>) -> Int { records.reduce(0) { $0 + $1.size } }
}
