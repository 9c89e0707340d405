public import Logging
public import Postgres
public import ServiceLifecycle
import Synchronization

/// Figures that are read from the database for the scraper: how deep the queue is, how far sources were read.
///
/// A scrape never waits for the database. It shows what was read last and has it read again when it is older than it may be, so what is
/// shown is at most one scrape older than that, and nothing is read while nobody scrapes. Reads come one after another, on one connection.
public final class ScrapedFigures: Service {
    private struct Source: Sendable {
        let name: String
        let every: Duration
        let read: @Sendable (Database) async throws -> Void
    }

    private struct State {
        var sources: [Source] = []
        var readAt: [String: ContinuousClock.Instant] = [:]
        /// Those whose last read failed: that is said once.
        var failing: Set<String> = []
    }

    private let database: Database
    private let logger: Logger
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation
    private let started = ContinuousClock.now

    public init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
        (bell, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds figures; before ``run()``.
    ///
    /// - Parameters:
    ///   - name: what the log and the metric of their age call them.
    ///   - every: how old they may be when a scrape asks for them to be read again.
    ///   - read: reads and sets them.
    public func add(_ name: String, every: Duration, _ read: @escaping @Sendable (Database) async throws -> Void) {
        state.withLock { $0.sources.append(Source(name: name, every: every, read: read)) }
    }

    /// Somebody scrapes: shows how old the figures are, and has those that are too old read.
    func scraped() {
        let now = ContinuousClock.now
        let (sources, readAt) = state.withLock { ($0.sources, $0.readAt) }
        for source in sources {
            ProgramMetrics.age((now - (readAt[source.name] ?? started)) / .seconds(1), of: source.name)
        }
        ringer.yield()
    }

    public func run() async throws {
        // The first scrape should find them.
        ringer.yield()
        await cancelWhenGracefulShutdown {
            for await _ in self.bell {
                for source in self.due { await self.read(source) }
            }
        }
    }

    /// Reads everything now, and throws what one of the reads does: for tests.
    func readAll() async throws {
        for source in state.withLock({ $0.sources }) { try await source.read(database) }
    }

    private var due: [Source] {
        state.withLock { state in
            state.sources.filter { source in state.readAt[source.name].map { .now - $0 >= source.every } ?? true }
        }
    }

    private func read(_ source: Source) async {
        do {
            try await source.read(database)
            state.withLock {
                $0.readAt[source.name] = .now
                $0.failing.remove(source.name)
            }
        } catch {
            guard !Task.isCancelled, state.withLock({ $0.failing.insert(source.name).inserted }) else { return }
            logger.warning("Figures could not be read", metadata: ["figures": "\(source.name)", "error": "\(error)"])
        }
    }
}
