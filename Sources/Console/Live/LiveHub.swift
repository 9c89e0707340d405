import Foundation
import Logging
import Operations
import Postgres
import ServiceLifecycle
import Synchronization

/// Reads what somebody looks at every two seconds, once for everybody, and tells those who look what has changed.
final class LiveHub: Service {
    enum Event: Sendable {
        /// A part as it is now: its name with the query, and its HTML.
        case part(String, String)
        /// Nothing new; the connection is alive.
        case pulse
    }

    private struct Viewer {
        let session: [UInt8]
        let parts: [String]
        let continuation: AsyncStream<Event>.Continuation
        /// What each part looked like when it was last sent.
        var sent: [String: String] = [:]
        var quietTicks = 0
    }

    private struct State {
        var viewers: [Int: Viewer] = [:]
        var next = 0
        var isOver = false
    }

    /// Parts that one connection may look at.
    static let mostParts = 8
    /// Connections of one session, which are one browser's.
    static let mostOfSession = 8
    private static let pause = Duration.seconds(2)
    private static let ticksToPulse = 7

    private let fragments: [String: LiveFragment]
    private let templates: TemplateLibrary
    private let database: Database
    private let most: Int
    private let logger: Logger
    private let state = Mutex(State())
    private let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameter most: connections at once.
    init(fragments: [LiveFragment], templates: TemplateLibrary, database: Database, most: Int, logger: Logger) {
        self.fragments = Dictionary(uniqueKeysWithValues: fragments.map { ($0.name, $0) })
        self.templates = templates
        self.database = database
        self.most = most
        self.logger = logger
    }

    /// How many look.
    var count: Int { state.withLock { $0.viewers.count } }

    /// What is new of these parts from now on, the present state first; nil when too many look, in all or in this session, or none of the
    /// parts is known.
    func look(at parts: [String], in session: [UInt8]) async throws -> AsyncStream<Event>? {
        let known = try await known(parts)
        guard !known.isEmpty else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(32))
        let number = state.withLock { state -> Int? in
            guard !state.isOver, state.viewers.count < most,
                state.viewers.values.count(where: { $0.session == session }) < Self.mostOfSession
            else { return nil }
            state.next += 1
            state.viewers[state.next] = Viewer(session: session, parts: known, continuation: continuation)
            return state.next
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.viewers.removeValue(forKey: number) } }
        ringer.yield()
        return stream
    }

    /// Those that there are. What stands behind the question mark can only be a tenant that there is, as our pages write it: each other
    /// text would be one more part to read every two seconds.
    private func known(_ parts: [String]) async throws -> [String] {
        let named = parts.filter { fragments[Self.name($0)] != nil }.prefix(Self.mostParts)
        guard named.contains(where: { $0.contains("?") }) else { return Array(named) }
        let tenants = try await TenantStore(database: database).names().values
        let queries = Set(tenants.map { Query().setting("tenant", $0).link("") })
        return named.filter { part in
            let query = part.dropFirst(Self.name(part).count)
            return query.isEmpty || queries.contains(String(query))
        }
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                if state.withLock({ $0.viewers.isEmpty }) { await rung() }
                await tick()
                try await Task.sleep(for: Self.pause)
            }
        }
        let viewers = state.withLock { state in
            state.isOver = true
            defer { state.viewers = [:] }
            return Array(state.viewers.values)
        }
        for viewer in viewers { viewer.continuation.finish() }
    }

    /// Waits for somebody to look.
    private func rung() async {
        for await _ in bell { return }
    }

    /// One reading of every part that somebody looks at.
    func tick() async {
        let wanted = Set(state.withLock { state in state.viewers.values.flatMap(\.parts) })
        var parts: [String: String] = [:]
        for part in wanted {
            do {
                parts[part] = try await html(part)
            } catch {
                logger.debug("A live part could not be read", metadata: ["part": "\(Self.name(part))", "error": "\(error)"])
            }
        }
        tell(parts)
    }

    private func html(_ part: String) async throws -> String? {
        guard let fragment = fragments[Self.name(part)] else { return nil }
        let query = part.split(separator: "?", maxSplits: 1).dropFirst().first.map { Query(encoded: $0) } ?? Query()
        let model = try await fragment.model(LiveQuestion(query: query, database: database, now: Date()))
        return templates.render(fragment.template, model)
    }

    private func tell(_ parts: [String: String]) {
        state.withLock { state in
            for (number, var viewer) in state.viewers {
                viewer.quietTicks += 1
                for part in viewer.parts {
                    guard let html = parts[part], viewer.sent[part] != html else { continue }
                    viewer.sent[part] = html
                    viewer.quietTicks = 0
                    viewer.continuation.yield(.part(part, html))
                }
                if viewer.quietTicks >= Self.ticksToPulse {
                    viewer.quietTicks = 0
                    viewer.continuation.yield(.pulse)
                }
                state.viewers[number] = viewer
            }
        }
    }

    private static func name(_ part: String) -> String { String(part.prefix { $0 != "?" }) }
}
