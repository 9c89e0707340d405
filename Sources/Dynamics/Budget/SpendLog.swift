/// What was spent on one web server, by time; sums over any stretch of it in logarithmic time.
///
/// Times are seconds of one clock, the same for all that is compared.
struct SpendLog: Sendable {
    struct Entry: Sendable, Hashable {
        var at: Double
        var seconds: Double
        var requests: Int
    }

    /// Running totals up to and including each entry, sorted by time.
    private var entries: [(at: Double, seconds: Double, requests: Int)] = []
    private var dropped = (seconds: 0.0, requests: 0)

    mutating func insert(_ entry: Entry) {
        var index = entries.count
        while index > 0, entries[index - 1].at > entry.at { index -= 1 }
        let before = index > 0 ? (entries[index - 1].seconds, entries[index - 1].requests) : dropped
        entries.insert((entry.at, before.0 + entry.seconds, before.1 + entry.requests), at: index)
        for later in index + 1..<max(entries.count, index + 1) {
            entries[later].seconds += entry.seconds
            entries[later].requests += entry.requests
        }
    }

    /// Forgets what is older.
    mutating func trim(before time: Double) {
        let count = index(after: time)
        guard count > 64 else { return }
        dropped = (entries[count - 1].seconds, entries[count - 1].requests)
        entries.removeFirst(count)
    }

    /// Spent up to and including `time`.
    func total(upTo time: Double) -> (seconds: Double, requests: Int) {
        let index = index(after: time)
        return index == 0 ? dropped : (entries[index - 1].seconds, entries[index - 1].requests)
    }

    /// Spent after `start`, up to and including `end`.
    func spent(after start: Double, upTo end: Double) -> (seconds: Double, requests: Int) {
        let (low, high) = (total(upTo: start), total(upTo: end))
        return (max(0, high.seconds - low.seconds), max(0, high.requests - low.requests))
    }

    /// When the first entry after `time` was made.
    func next(after time: Double) -> Double? {
        let index = index(after: time)
        return index < entries.count ? entries[index].at : nil
    }

    var newest: Double? { entries.last?.at }

    private func index(after time: Double) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
