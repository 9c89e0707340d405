import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Routing
import Runtime
import ServiceLifecycle
import Synchronization

/// Listens, and gives each connection to the loop it belongs to.
final class RouteServer: Service {
    private let host: String
    private let requestedPort: Int
    private let loops: RouteLoops
    private let group: any EventLoopGroup
    private let tls: TLSFiles?
    private let logger: Logger
    private let bound = Mutex<Int?>(nil)

    init(host: String, port: Int, loops: RouteLoops, group: any EventLoopGroup, tls: TLSFiles?, logger: Logger) {
        (self.host, requestedPort, self.loops, self.group, self.tls, self.logger) = (host, port, loops, group, tls, logger)
    }

    /// The port it listens on; nil before it does.
    var port: Int? { bound.withLock { $0 } }

    func run() async throws {
        let channel = try await bootstrap().bind(host: host, port: requestedPort).get()
        let port = channel.localAddress?.port
        bound.withLock { $0 = port }
        logger.info(
            "Answering routing questions",
            metadata: ["host": "\(host)", "port": "\(port ?? requestedPort)", "tls": "\(tls != nil)"])
        try? await gracefulShutdown()
        try? await channel.close()
        // Whoever is being answered is; the others are told to go by the end of the connection.
        await loops.drain()
        await loops.handOver()
    }

    private func bootstrap() -> ServerBootstrap {
        let (loops, tls) = (loops, tls)
        return ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 4096)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let loop = loops.state(of: channel.eventLoop)
                    let address = channel.remoteAddress?.ipAddress.flatMap { Network.bytes($0) } ?? []
                    let sync = channel.pipeline.syncOperations
                    guard let tls else { return try sync.addHandler(HTTP1Connection(loop: loop, address: address)) }
                    try sync.addHandler(NIOSSLServerHandler(context: tls.context))
                    try sync.addHandler(Handshake(loop: loop, address: address))
                }
            }
    }
}
