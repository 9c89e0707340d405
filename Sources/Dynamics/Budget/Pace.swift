/// How many requests may be in flight: grows while the service is well, halves when it refuses, stops when it says so.
struct Pace: Sendable, Hashable {
    private(set) var width = 16.0
    /// Until the first refusal the width doubles with each round of answers, afterwards it grows by one a round.
    private(set) var isStarting = true
    private(set) var cutAt = -Double.infinity
    private(set) var blockedUntil = -Double.infinity
    private var knowsHint = false

    init() {}

    init(width: Double, isStarting: Bool, cutAt: Double, blockedUntil: Double) {
        self.width = max(1, width)
        self.isStarting = isStarting
        self.cutAt = cutAt
        self.blockedUntil = blockedUntil
        knowsHint = true
    }

    var limit: Int { max(1, Int(width)) }

    /// The service's recommendation is where to start from; it is below what the limits allow where there are several web servers.
    mutating func hint(_ hint: Int) {
        guard !knowsHint else { return }
        knowsHint = true
        width = min(max(width, Double(hint)), 52)
    }

    mutating func grow(successes: Int, ceiling: Int) {
        guard successes > 0 else { return }
        let step = isStarting ? Double(successes) : Double(successes) / width
        width = min(width + step, max(Double(ceiling), 4))
    }

    /// Notes a refusal, once for all requests that were under way together, and halves if too many were.
    mutating func cut(sentAt: Double, at now: Double, narrows: Bool = true) {
        isStarting = false
        guard sentAt > cutAt else { return }
        cutAt = now
        if narrows { width = max(4, width / 2) }
    }

    mutating func block(until time: Double) { blockedUntil = max(blockedUntil, time) }
}
