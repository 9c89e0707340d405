import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Serves `/health/live`, `/health/ready` and `/metrics`, and the routes a program adds, such as webhooks.
///
/// It answers while everything else may be down: no route of its own waits for anything.
public final class HealthServer: Service {
    private struct State {
        var routes: [@Sendable (Router<WebContext>) -> Void] = []
        var port: Int?
    }

    private let identity: InstanceIdentity
    private let readiness: Readiness
    private let metrics: PrometheusRegistry?
    private let host: String
    private let requestedPort: Int
    private let bounds: ConnectionBounds
    private let logger: Logger
    private let state = Mutex(State())

    /// A connection that says nothing for this long, in the middle of a request too, is closed.
    private static let patience = TimeAmount.seconds(30)

    /// - Parameter port: 0 takes a free one; see ``port``.
    public init(
        identity: InstanceIdentity, readiness: Readiness, metrics: PrometheusRegistry?, host: String, port: Int,
        bounds: ConnectionBounds = ConnectionBounds(), logger: Logger
    ) {
        self.identity = identity
        self.readiness = readiness
        self.metrics = metrics
        self.host = host
        self.requestedPort = port
        self.bounds = bounds
        self.logger = logger
    }

    /// The port it listens on; nil before it does.
    public var port: Int? { state.withLock { $0.port } }

    /// Adds routes; before ``run()``.
    public func addRoutes(_ add: @escaping @Sendable (Router<WebContext>) -> Void) {
        state.withLock { $0.routes.append(add) }
    }

    public func run() async throws {
        let application = Application(
            router: router(), server: bounds.http1(idle: Self.patience),
            configuration: bounds.configuration(host: host, port: requestedPort),
            onServerRunning: { [self] channel in
                let port = channel.localAddress?.port
                state.withLock { $0.port = port }
                logger.info("Serving health and metrics", metadata: ["host": "\(host)", "port": "\(port ?? requestedPort)"])
            },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: logger.quieter())
        try await application.run()
    }

    private func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.get("health/live") { [self] _, _ in
            Self.json(.ok, "{\"status\":\"live\",\(Self.members(identity))}\n")
        }
        router.get("health/ready") { [self] _, _ in
            let (state, checks) = readiness.report()
            return Self.json(state == .unready ? .serviceUnavailable : .ok, Self.body(state, checks, identity))
        }
        router.get("metrics") { [self] request, _ in
            let format = TextFormat(accept: request.headers[values: .accept].joined(separator: ","))
            return Self.text(format.contentType, metrics?.text(format) ?? "")
        }
        for add in state.withLock({ $0.routes }) { add(router) }
        return router
    }

    private static func body(_ state: Readiness.State, _ checks: [Readiness.Check], _ identity: InstanceIdentity) -> String {
        let items = checks.map {
            "{\"name\":\(JSONWriter.string($0.name)),\"state\":\"\($0.state.rawValue)\",\"since\":\"\($0.since)\","
                + "\"text\":\(JSONWriter.string($0.text))}"
        }
        return "{\"status\":\"\(state.rawValue)\",\(members(identity)),\"checks\":[\(items.joined(separator: ","))]}\n"
    }

    private static func members(_ identity: InstanceIdentity) -> String {
        "\"program\":\(JSONWriter.string(identity.program)),\"version\":\(JSONWriter.string(identity.version)),"
            + "\"instance\":\(JSONWriter.string(identity.id))"
    }

    private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func text(_ type: String, _ text: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Logger {
    /// The web framework's own talk at "info" is of no use to an operator.
    fileprivate func quieter() -> Logger {
        var logger = self
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
}
