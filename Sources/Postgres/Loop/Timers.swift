/// Calls that wait for their time. A handful at once, so a plain dictionary beats a heap.
struct Timers {
    typealias Token = UInt64

    private var calls: [Token: (time: MonotonicTime, call: () -> Void)] = [:]
    private var last: Token = 0
    /// The earliest time; never later than the truth, earlier after a removal.
    private(set) var next: MonotonicTime?

    mutating func add(at time: MonotonicTime, _ call: @escaping () -> Void) -> Token {
        last += 1
        calls[last] = (time, call)
        next = min(next ?? time, time)
        return last
    }

    mutating func remove(_ token: Token) {
        calls[token] = nil
        if calls.isEmpty { next = nil }
    }

    /// Takes out what is due by `now`, in order of time.
    mutating func takeDue(by now: MonotonicTime) -> [() -> Void] {
        guard let first = next, first <= now else { return [] }
        let due = calls.filter { $0.value.time <= now }
        for token in due.keys { calls[token] = nil }
        next = calls.values.map(\.time).min()
        return due.values.sorted { $0.time < $1.time }.map(\.call)
    }
}
