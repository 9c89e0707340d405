import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One listening socket and its connections. Written on NIO itself because it must be able to break HTTP: reset
/// connections, cut answers off, close the port and open it again.
final class HTTPListener: Sendable {
    typealias Responder = @Sendable (SandboxRequest) async -> SandboxResponse
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    struct Configuration: Sendable {
        var host: String
        /// 0 takes a free port.
        var port: Int
        var tls: NIOSSLContext?
        /// Asked for each new connection: true resets it.
        var refuses: @Sendable () -> Bool = { false }
    }

    private struct State {
        var server: (any Channel)?
        var port: Int
        var stopped = false
        var closedUntil: ContinuousClock.Instant?
        var open: [ObjectIdentifier: OpenConnection] = [:]
    }

    private struct OpenConnection {
        var channel: any Channel
        var busy = false
    }

    private let configuration: Configuration
    private let respond: Responder
    private let logger: Logger
    private let state: Mutex<State>

    init(_ configuration: Configuration, logger: Logger, respond: @escaping Responder) {
        self.configuration = configuration
        self.respond = respond
        self.logger = logger
        state = Mutex(State(port: configuration.port))
    }

    /// The port in use; 0 before the first bind.
    var port: Int { state.withLock { $0.port } }

    var scheme: String { configuration.tls == nil ? "http" : "https" }

    /// Opens the port, tells so, and serves until `stop`. During an outage the port is closed and then opened again.
    func run(whenBound: @Sendable (Int) async -> Void) async throws {
        var announced = false
        while !state.withLock({ $0.stopped }), !Task.isCancelled {
            let server = try await bind()
            if !announced {
                announced = true
                await whenBound(port)
            }
            await withTaskCancellationHandler {
                await serve(server)
            } onCancel: {
                stop()
            }
            await outageOver()
        }
    }

    /// Stops taking connections; idle ones are closed, busy ones finish their request.
    func stop() {
        let closing = state.withLock { state -> [any Channel] in
            state.stopped = true
            let idle = state.open.values.filter { !$0.busy }.map(\.channel)
            return idle + [state.server].compactMap { $0 }
        }
        for channel in closing { channel.close(promise: nil) }
    }

    /// Cuts every connection and closes the port for that many real seconds: connections are refused.
    func outage(seconds: Double) {
        let closing = state.withLock { state -> [any Channel] in
            state.closedUntil = .now + .seconds(seconds)
            return state.open.values.map(\.channel) + [state.server].compactMap { $0 }
        }
        for channel in closing { channel.close(promise: nil) }
    }

    private func outageOver() async {
        let until = state.withLock { state -> ContinuousClock.Instant? in
            defer { state.closedUntil = nil }
            return state.stopped ? nil : state.closedUntil
        }
        if let until { try? await Task.sleep(until: until, clock: .continuous) }
    }

    private func bind() async throws -> NIOAsyncChannel<Connection, Never> {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: configuration.host, port: port) { [tls = configuration.tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        state.withLock { state in
            state.server = server.channel
            state.port = server.channel.localAddress?.port ?? state.port
        }
        return server
    }

    private func serve(_ server: NIOAsyncChannel<Connection, Never>) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        if configuration.refuses() {
                            await Self.reset(connection)
                        } else {
                            group.addTask { await self.handle(connection) }
                        }
                    }
                }
            } catch {
                logger.debug("listening ended", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func reset(_ connection: Connection) async {
        if let options = connection.channel as? any SocketOptionProvider {
            try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await connection.executeThenClose { _, _ in }
    }

    private func handle(_ connection: Connection) async {
        let key = ObjectIdentifier(connection.channel)
        state.withLock { $0.open[key] = OpenConnection(channel: connection.channel) }
        defer { state.withLock { _ = $0.open.removeValue(forKey: key) } }
        do {
            try await connection.executeThenClose { inbound, outbound in
                var parts = inbound.makeAsyncIterator()
                var head: HTTPRequestHead?
                var body: [UInt8] = []
                while let part = try await parts.next() {
                    switch part {
                    case .head(let received):
                        head = received
                        body = []
                        if received.headers.first(name: "Expect")?.lowercased() == "100-continue" {
                            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
                        }
                    case .body(let bytes):
                        body.append(contentsOf: bytes.readableBytesView)
                    case .end:
                        guard let asked = head else { break }
                        head = nil
                        mark(key, busy: true)
                        let request = Self.request(asked, body: body, scheme: scheme, channel: connection.channel)
                        let response = await respond(request)
                        if response.cutConnection { return }
                        let last = !asked.isKeepAlive || mark(key, busy: false)
                        try await outbound.write(contentsOf: Self.parts(response, to: asked, last: last))
                        if last { return }
                    }
                }
            }
        } catch {
            logger.trace("connection ended", metadata: ["error": "\(error)"])
        }
    }

    /// Returns whether the listener is stopping.
    @discardableResult
    private func mark(_ key: ObjectIdentifier, busy: Bool) -> Bool {
        state.withLock { state in
            state.open[key]?.busy = busy
            return state.stopped
        }
    }
}
