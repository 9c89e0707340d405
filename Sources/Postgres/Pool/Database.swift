public import Logging
public import ServiceLifecycle

/// A database, reached through a pool of connections.
///
/// Connections are opened when they are needed, so it is usable at once; `run()` closes those that nobody needs any more, and closes all on graceful
/// shutdown. Callers are served in the order in which they came. While the server can't be reached, callers wait and the pool tries again
/// with growing pauses, until `acquireTimeout`.
public final class Database: Service, Sendable {
    public let configuration: DatabaseConfiguration
    let logger: Logger
    let state: Guarded<PoolState>
    private let connector: Connector
    /// For timers, and between callers and a thread of low priority.
    let loop = EventLoop.next()

    public init(_ configuration: DatabaseConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Guarded(PoolState(maximum: configuration.maximumConnections))
        connector = Connector(configuration: configuration, catalog: StatementCatalog(), logger: logger)
    }

    deinit {
        for connection in state.withLock({ $0.open }) {
            connection.loop.execute { connection.wire.close() }
        }
    }

    /// Keeps the house until graceful shutdown or cancellation, then closes the pool.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            let pause = min(.seconds(5), max(.milliseconds(10), self.configuration.idleTimeout / 2))
            while !Task.isCancelled {
                try? await Task.sleep(for: pause)
                self.closeStale()
            }
        }
        await close()
    }

    // MARK: Lending

    func acquire() async throws -> Connection {
        while true {
            let connection = if let idle = state.withLock({ $0.takeIdle() }) { idle } else { try await waitForConnection() }
            if connection.wire.isUsable { return connection }
            // It died between two looks.
            discard(connection)
        }
    }

    private func waitForConnection() async throws -> Connection {
        let id = state.withLock { $0.nextID() }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                switch state.withLock({ $0.arrive(id, continuation, at: .now) }) {
                case .connection(let connection): continuation.resume(returning: connection)
                case .closed: continuation.resume(throwing: PostgresError(.poolClosed, "the pool is closed"))
                case .wait(let opening, let isFirst):
                    open(opening)
                    if isFirst { scheduleExpiry(after: configuration.acquireTimeout) }
                    if Task.isCancelled { giveUp(id) }
                }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: UInt64) {
        let continuation = state.withLock { $0.removeWaiter(id) }
        continuation?.resume(throwing: PostgresError(.cancelled, "the task was cancelled while it waited for a connection"))
    }

    private func scheduleExpiry(after duration: Duration) {
        loop.execute {
            _ = self.loop.schedule(at: .now + duration) { [weak self] in self?.expireWaiters() }
        }
    }

    /// All wait equally long, so one timer for the oldest does.
    private func expireWaiters() {
        let timeout = configuration.acquireTimeout
        let now = MonotonicTime.now
        let (expired, next, failure) = state.withLock { state in
            (state.expire(since: now - timeout), state.waiters.first?.since, state.lastFailure)
        }
        if let next { scheduleExpiry(after: .nanoseconds(Int64(((next + timeout).nanoseconds &- now.nanoseconds)))) }
        var error = failure ?? PostgresError(.timeout, "no connection became free within \(timeout)")
        if failure != nil { error.message = "no connection within \(timeout): \(error.message)" }
        for continuation in expired { continuation.resume(throwing: error) }
    }

    /// Takes a connection back from its user.
    func takeBack(_ connection: Connection) async {
        await connection.settle()
        guard connection.wire.isUsable else { return discard(connection) }
        switch state.withLock({ $0.giveBack(connection, at: .now) }) {
        case .hand(let continuation, let connection): continuation.resume(returning: connection)
        case .kept: break
        case .close: discard(connection)
        }
    }

    /// Closes a connection and forgets it.
    func discard(_ connection: Connection) {
        connection.loop.execute {
            connection.wire.close()
            let (opening, closers) = self.state.withLock { $0.remove(connection) }
            self.open(opening)
            for closer in closers { closer.resume() }
        }
    }

    // MARK: Opening

    private func open(_ count: Int) {
        for _ in 0..<count { connector.open { self.opened($0) } }
    }

    private func opened(_ result: Result<Connection, PostgresError>) {
        switch result {
        case .success(let connection):
            connection.wire.onIdleFailure = { [weak self, weak connection] in
                guard let self, let connection else { return }
                self.logger.info("an idle database connection was closed", metadata: ["pg_pid": "\(connection.processID)"])
                self.discard(connection)
            }
            switch state.withLock({ $0.opened(connection, at: .now) }) {
            case .hand(let continuation, let connection): continuation.resume(returning: connection)
            case .kept: break
            case .close: discard(connection)
            }
        case .failure(let error):
            let (reaction, failures) = state.withLock { ($0.openingFailed(error), $0.failures) }
            if failures == 1 || failures % 10 == 0 {
                logger.warning("can't connect to the database", metadata: ["error": "\(error)", "attempts": "\(failures)"])
            }
            switch reaction {
            case .nothing: break
            case .fail(let waiting): for continuation in waiting { continuation.resume(throwing: error) }
            case .pause: pause(afterFailures: failures)
            }
        }
    }

    /// 50 ms, then twice as long each time up to 2 s; at random between half and the whole of it.
    private func pause(afterFailures failures: Int) {
        let longest = min(2_000, 50 << min(failures - 1, 6))
        let pause = Duration.milliseconds(Int.random(in: longest / 2...longest))
        loop.execute {
            _ = self.loop.schedule(at: .now + pause) { [weak self] in
                guard let self else { return }
                self.open(self.state.withLock { $0.pauseEnded() })
            }
        }
    }

    // MARK: Closing

    private func closeStale() {
        let stale = state.withLock {
            $0.takeStale(since: .now - configuration.idleTimeout, keeping: configuration.minimumIdleConnections)
        }
        for connection in stale { discard(connection) }
    }

    /// Refuses new callers, waits for connections in use up to `closeTimeout`, then cancels what runs on them, and closes everything.
    public func close() async {
        let (waiters, idle) = state.withLock { $0.close() }
        for continuation in waiters { continuation.resume(throwing: PostgresError(.poolClosed, "the pool was closed")) }
        for connection in idle { discard(connection) }
        loop.execute {
            _ = self.loop.schedule(at: .now + self.configuration.closeTimeout) { [weak self] in self?.cancelLent() }
        }
        await withUnsafeContinuation { continuation in
            if !state.withLock({ $0.awaitClosed(continuation) }) { continuation.resume() }
        }
    }

    private func cancelLent() {
        for connection in state.withLock({ $0.open }) {
            connection.loop.execute {
                connection.wire.cancelNow(because: .poolClosed)
                connection.wire.fail(PostgresError(.poolClosed, "the pool was closed"))
            }
        }
    }
}
