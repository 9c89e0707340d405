import Synchronization

/// Spans that wait to be sent. Who ends a span never waits: beyond the bound spans are dropped and counted.
final class SpanQueue: Sendable {
    private let most: Int
    private let waiting = Mutex<[SpanRecord]>([])

    init(most: Int = 8192) { self.most = most }

    func offer(_ record: SpanRecord) {
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < most else { return false }
            waiting.append(record)
            return true
        }
        if !isTaken { TraceMetrics.dropped(1, reason: .full) }
    }

    /// The oldest, up to a number.
    func take(atMost number: Int) -> [SpanRecord] {
        waiting.withLock { waiting in
            guard waiting.count > number else {
                defer { waiting = [] }
                return waiting
            }
            defer { waiting.removeFirst(number) }
            return Array(waiting.prefix(number))
        }
    }

    var count: Int { waiting.withLock { $0.count } }
}
