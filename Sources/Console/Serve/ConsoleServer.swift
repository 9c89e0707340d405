import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import Runtime
import ServiceLifecycle
import Synchronization

/// Serves the console's pages.
final class ConsoleServer: Service {
    private let services: ConsoleServices
    private let tls: TLSFiles?
    private let bounds: ConnectionBounds
    private let logger: Logger
    private let boundPort = Mutex<Int?>(nil)

    /// A connection that says nothing for this long is closed.
    private static let patience = TimeAmount.seconds(75)

    /// - Parameter tls: nil: browsers come without TLS.
    init(services: ConsoleServices, tls: TLSFiles?, bounds: ConnectionBounds = ConnectionBounds(), logger: Logger) {
        self.services = services
        self.tls = tls
        self.bounds = bounds
        self.logger = logger
    }

    /// The port it listens on; nil before it does.
    var port: Int? { boundPort.withLock { $0 } }

    func run() async throws {
        let settings = services.settings
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let plain = bounds.http1(idle: Self.patience)
        let application = Application(
            router: ConsoleRouter.make(services),
            server: try tls.map { try .tls(plain, tlsConfiguration: $0.configuration()) } ?? plain,
            configuration: bounds.configuration(host: settings.host, port: settings.port),
            onServerRunning: { [self] channel in
                let port = channel.localAddress?.port
                boundPort.withLock { $0 = port }
                logger.info("Serving pages", metadata: ["host": "\(settings.host)", "port": "\(port ?? settings.port)"])
            },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: quiet)
        try await application.run()
    }
}
