/// The pool's book-keeping: who has which connection, who waits. Plain values; each function says what to do next, under no lock of its own.
struct PoolState {
    typealias Waiting = UnsafeContinuation<Connection, any Error>

    struct Waiter {
        let id: UInt64
        let since: MonotonicTime
        let continuation: Waiting
    }

    struct Idle {
        let connection: Connection
        let since: MonotonicTime
    }

    let maximum: Int
    /// Every open connection, idle or lent.
    private(set) var open: [Connection] = []
    /// The most recently used last.
    private(set) var idle: [Idle] = []
    /// In order of arrival.
    private(set) var waiters: [Waiter] = []
    private(set) var opening = 0
    private(set) var isClosed = false
    private(set) var lastFailure: PostgresError?
    /// Attempts in a row that failed.
    private(set) var failures = 0
    private var isPausing = false
    private var lastID: UInt64 = 0
    private var closers: [UnsafeContinuation<Void, Never>] = []

    init(maximum: Int) { self.maximum = max(1, maximum) }

    var lent: Int { open.count - idle.count }

    // MARK: Taking and giving back

    /// The idle connection used last, unless somebody waits already.
    mutating func takeIdle() -> Connection? {
        guard waiters.isEmpty, !isClosed else { return nil }
        return idle.popLast()?.connection
    }

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    enum Arrival {
        case connection(Connection)
        case closed
        /// Wait; open so many more connections; start the expiry timer when this is the first waiter.
        case wait(opening: Int, isFirst: Bool)
    }

    mutating func arrive(_ id: UInt64, _ continuation: Waiting, at now: MonotonicTime) -> Arrival {
        if isClosed { return .closed }
        if let connection = takeIdle() { return .connection(connection) }
        waiters.append(Waiter(id: id, since: now, continuation: continuation))
        return .wait(opening: openMore(), isFirst: waiters.count == 1)
    }

    /// How many connections to start opening now; they count as opening from here on.
    mutating func openMore() -> Int {
        guard !isClosed, !isPausing else { return 0 }
        // After a failure one attempt tells enough.
        let most = failures > 0 ? 1 : maximum - open.count
        let count = max(0, min(waiters.count, most, maximum - open.count) - opening)
        opening += count
        return count
    }

    mutating func removeWaiter(_ id: UInt64) -> Waiting? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).continuation
    }

    /// Those who have waited since `time` or longer.
    mutating func expire(since time: MonotonicTime) -> [Waiting] {
        let count = waiters.prefix { $0.since <= time }.count
        defer { waiters.removeFirst(count) }
        return waiters.prefix(count).map(\.continuation)
    }

    enum Return {
        case hand(Waiting, Connection)
        case kept
        case close
    }

    /// A connection that works comes back from its user.
    mutating func giveBack(_ connection: Connection, at now: MonotonicTime) -> Return {
        if isClosed { return .close }
        guard waiters.isEmpty else { return .hand(waiters.removeFirst().continuation, connection) }
        idle.append(Idle(connection: connection, since: now))
        return .kept
    }

    /// A connection is gone, whoever had it. Returns how many to open instead, and whom to tell that all are closed.
    mutating func remove(_ connection: Connection) -> (opening: Int, closers: [UnsafeContinuation<Void, Never>]) {
        open.removeAll { $0 === connection }
        idle.removeAll { $0.connection === connection }
        return (openMore(), takeClosers())
    }

    // MARK: Opening

    mutating func opened(_ connection: Connection, at now: MonotonicTime) -> Return {
        opening -= 1
        failures = 0
        lastFailure = nil
        if isClosed { return .close }
        open.append(connection)
        return giveBack(connection, at: now)
    }

    enum Failure {
        /// Nobody waits.
        case nothing
        /// Try again after a pause; call `pauseEnded` then.
        case pause
        /// It will not get better by itself: tell everybody.
        case fail([Waiting])
    }

    mutating func openingFailed(_ error: PostgresError) -> Failure {
        opening -= 1
        failures += 1
        lastFailure = error
        if isClosed { return .nothing }
        if !error.isTransient {
            defer { waiters = [] }
            return .fail(waiters.map(\.continuation))
        }
        guard !waiters.isEmpty, !isPausing else { return .nothing }
        isPausing = true
        return .pause
    }

    mutating func pauseEnded() -> Int {
        isPausing = false
        return openMore()
    }

    // MARK: Tidying and closing

    /// Idle connections above `minimum` that have been so since `time` or longer.
    mutating func takeStale(since time: MonotonicTime, keeping minimum: Int) -> [Connection] {
        let count = min(idle.prefix { $0.since <= time }.count, max(0, idle.count - minimum))
        defer { idle.removeFirst(count) }
        return idle.prefix(count).map(\.connection)
    }

    mutating func close() -> (waiters: [Waiting], idle: [Connection]) {
        isClosed = true
        defer {
            waiters = []
            idle = []
        }
        return (waiters.map(\.continuation), idle.map(\.connection))
    }

    /// False when everything is closed already.
    mutating func awaitClosed(_ continuation: UnsafeContinuation<Void, Never>) -> Bool {
        guard !open.isEmpty else { return false }
        closers.append(continuation)
        return true
    }

    private mutating func takeClosers() -> [UnsafeContinuation<Void, Never>] {
        guard isClosed, open.isEmpty else { return [] }
        defer { closers = [] }
        return closers
    }
}
