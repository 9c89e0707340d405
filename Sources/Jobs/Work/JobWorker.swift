internal import Glibc
public import Logging
public import Postgres
public import ServiceLifecycle

/// Claims jobs of one queue and has them done by its handlers, until graceful shutdown.
///
/// It survives the database's absence, and being given up for lost: then it cancels its handlers, drops what they return, and starts
/// again under another number. On graceful shutdown it claims no more, hands back what it has not begun, lets running handlers end within
/// the grace time, and hands back the rest.
public final class JobWorker: Service, Sendable {
    private struct Status {
        var state = JobWorkerState.starting
        var isDraining = false
    }

    private let database: Database
    private let listener: Listener?
    private let queue: String
    private let program: String
    private let handlers: [any JobHandler]
    private let configuration: JobWorkerConfiguration
    private let logger: Logger
    private let status = Guarded(Status())
    private let signal = Signal()
    private let board: TroubleBoard

    /// `listener` nil: no notifications, jobs are found by polling. All programs that work on a queue should know all its kinds.
    public init(
        database: Database, listener: Listener?, queue: String = "default", program: String, handlers: [any JobHandler],
        configuration: JobWorkerConfiguration = JobWorkerConfiguration(), logger: Logger
    ) {
        precondition(Set(handlers.map(\.kind)).count == handlers.count, "two handlers of one kind")
        self.database = database
        self.listener = listener
        self.queue = queue
        self.program = program
        self.handlers = handlers
        self.configuration = configuration
        board = TroubleBoard(configuration.onTrouble)
        var logger = logger
        logger[metadataKey: "queue"] = "\(queue)"
        self.logger = logger
    }

    /// For health checks.
    public var state: JobWorkerState { status.withLock { $0.state } }

    public func run() async throws {
        defer { become(.stopped) }
        try await withGracefulShutdownHandler {
            try await work()
        } onGracefulShutdown: {
            self.status.withLock { $0.isDraining = true }
            self.signal.ring()
        }
    }

    private var isDraining: Bool { status.withLock { $0.isDraining } }

    private func become(_ state: JobWorkerState) { status.withLock { $0.state = state } }

    /// One session after another: a session ends when the worker is lost, or drained.
    private func work() async throws {
        var previous: Int32?
        var trouble = Backoff()
        while !isDraining {
            do {
                let session = try await enter(after: previous)
                trouble = Backoff()
                become(.working(worker: session.worker))
                try await session.run(isDraining: { self.isDraining }, onDrain: { self.become(.draining) })
                previous = session.worker
            } catch let error as PostgresError where error.code != .cancelled && !Task.isCancelled {
                become(.waiting(reason: error.description))
                board.failed(WorkerSession.dispatcher, error)
                let pause = trouble.next()
                logger.warning("jobs: can't work yet", metadata: ["error": "\(error)"])
                await signal.wait(atMost: pause)
                try Task.checkCancellation()
            }
        }
        // Lost and told to stop at once: the handlers have ended, so others need not wait for the lease to run out.
        if let previous { _ = try await database.query(WorkStore.leave, [previous]) }
    }

    private func enter(after previous: Int32?) async throws -> WorkerSession {
        // What the last session held can go back at once: its handlers have ended.
        if let previous { _ = try await database.query(WorkStore.leave, [previous]) }
        let queueID = try await database.query(WorkStore.queueID, [queue])[0].decode(Int16.self)
        var kinds: [Int16: Int] = [:]
        for (index, handler) in handlers.enumerated() {
            kinds[try await database.query(WorkStore.kindID, [handler.kind])[0].decode(Int16.self)] = index
        }
        let slots = configuration.slots ?? handlers.reduce(0) { $0 + Slots.most($1.concurrency) }
        let worker = try await database.query(
            WorkStore.enter, [program, Self.host, getpid(), queueID, Int32(slots), configuration.lease])[0].decode(Int32.self)
        var logger = logger
        logger[metadataKey: "worker"] = "\(worker)"
        return WorkerSession(
            worker: worker, queue: queueID, database: database, listener: listener, handlers: handlers, kinds: kinds,
            slotCount: slots,
            signal: signal, board: board, configuration: configuration, logger: logger)
    }

    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()
}

/// What a worker is at.
public enum JobWorkerState: Sendable, Hashable {
    case starting
    /// The database does not let it in.
    case waiting(reason: String)
    case working(worker: Int32)
    case draining
    case stopped
}
