public import Logging
public import ServiceLifecycle

/// Hears NOTIFY on a connection of its own.
///
/// It needs a direct connection: a pooler in transaction mode loses LISTEN. When the connection breaks it opens a new one with growing pauses, listens
/// again, and says so with `ListenerEvent.listening`. Run it as a service; graceful shutdown ends all its sequences.
public final class Listener: Service, Sendable {
    private struct Subscriber {
        let id: UInt64
        let channel: String
        let continuation: AsyncStream<ListenerEvent>.Continuation
    }

    private struct State {
        var subscribers: [Subscriber] = []
        var lastID: UInt64 = 0
        /// Channels that the present connection listens on.
        var listening: Set<String> = []
        /// Subscribers that were told so.
        var told: Set<UInt64> = []
        /// Rung when subscribers or the present connection changed. One for each connection: a stream ends with the task that reads it.
        var bell: AsyncStream<Void>.Continuation?
        var isFinished = false

        var wanted: Set<String> { Set(subscribers.map(\.channel)) }
    }

    /// Events a subscriber may fall behind before the oldest are dropped and a gap is reported.
    private static let backlog = 4_096

    private let configuration: DatabaseConfiguration
    private let logger: Logger
    private let state = Guarded(State())

    public init(_ configuration: DatabaseConfiguration, logger: Logger) {
        var configuration = configuration
        configuration.pooling = .session
        // A server that does not even answer this is gone.
        configuration.statementTimeout = .seconds(10)
        self.configuration = configuration
        self.logger = logger
    }

    /// The notifications on a channel, from the first `listening` on. Leaving the loop, or cancelling its task, ends the subscription.
    public func notifications(on channel: String) -> AsyncStream<ListenerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ListenerEvent.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let id: UInt64? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastID += 1
            state.subscribers.append(Subscriber(id: state.lastID, channel: channel, continuation: continuation))
            return state.lastID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(id) }
        ring()
        return stream
    }

    private func unsubscribe(_ id: UInt64) {
        state.withLock { state in
            state.subscribers.removeAll { $0.id == id }
            state.told.remove(id)
        }
        ring()
    }

    private func ring() {
        _ = state.withLock { $0.bell }?.yield()
    }

    /// Listens until graceful shutdown or cancellation.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.listen() }
        let subscribers = state.withLock { state in
            state.isFinished = true
            defer { state.subscribers = [] }
            return state.subscribers
        }
        for subscriber in subscribers { subscriber.continuation.finish() }
    }

    private func listen() async {
        var failures = 0
        let connector = Connector(configuration: configuration, catalog: StatementCatalog(), logger: logger)
        while !Task.isCancelled {
            do {
                let connection = try await connector.open()
                failures = 0
                defer { connection.loop.execute { connection.wire.close() } }
                try await serve(connection)
            } catch {
                if Task.isCancelled { return }
                failures += 1
                logger.warning("the listening connection failed", metadata: ["error": "\(error)", "attempts": "\(failures)"])
                let longest = min(2_000, 50 << min(failures - 1, 6))
                try? await Task.sleep(for: .milliseconds(Int.random(in: longest / 2...longest)))
            }
        }
    }

    /// Works on one connection until it breaks.
    private func serve(_ connection: Connection) async throws {
        let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.listening = []
            state.told = []
            state.bell = ringer
        }
        connection.loop.execute {
            connection.wire.onNotification = { [weak self] in self?.deliver($0, $1) }
            connection.wire.onIdleFailure = { ringer.yield() }
        }
        ringer.yield()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // TCP notices a dead peer only when something is sent.
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(15))
                    _ = try await connection.exclusively { try await connection.simple("SELECT 1") }
                }
            }
            group.addTask {
                for await _ in bell {
                    if !connection.wire.isUsable { throw PostgresError(.connection, "the listening connection was lost") }
                    try await self.adjust(connection)
                }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Makes the connection listen on what is wanted, and tells new subscribers.
    private func adjust(_ connection: Connection) async throws {
        let (new, old) = state.withLock { ($0.wanted.subtracting($0.listening), $0.listening.subtracting($0.wanted)) }
        if !new.isEmpty || !old.isEmpty {
            let commands = new.sorted().map { "LISTEN \(quoted($0))" } + old.sorted().map { "UNLISTEN \(quoted($0))" }
            try await connection.run(script: commands.joined(separator: "; "))
        }
        let untold = state.withLock { state in
            state.listening.formUnion(new)
            state.listening.subtract(old)
            let untold = state.subscribers.filter { state.listening.contains($0.channel) && !state.told.contains($0.id) }
            state.told.formUnion(untold.map(\.id))
            return untold
        }
        for subscriber in untold { subscriber.continuation.yield(.listening) }
    }

    private func deliver(_ channel: String, _ payload: String) {
        let subscribers = state.withLock { $0.subscribers.filter { $0.channel == channel } }
        for subscriber in subscribers {
            if case .dropped = subscriber.continuation.yield(.notification(payload: payload)) {
                // As the last event it is seen, whatever else is dropped.
                subscriber.continuation.yield(.listening)
            }
        }
    }

    private func quoted(_ channel: String) -> String { "\"\(channel.replacing("\"", with: "\"\""))\"" }
}
