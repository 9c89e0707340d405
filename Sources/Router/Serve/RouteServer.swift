import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS
import Routing
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
                    let sync = channel.pipeline.syncOperations
                    guard let tls else { return try sync.addHandler(HTTP1Connection(loop: loops.state(of: channel.eventLoop))) }
                    try sync.addHandler(NIOSSLServerHandler(context: tls.context))
                    try sync.addHandler(
                        ApplicationProtocolNegotiationHandler { result, channel in
                            channel.eventLoop.makeCompletedFuture { try Self.speak(result, channel, loops) }
                        })
                }
            }
    }

    /// The protocol that was agreed on under TLS.
    private static func speak(_ result: ALPNResult, _ channel: any Channel, _ loops: RouteLoops) throws {
        let loop = loops.state(of: channel.eventLoop)
        guard case .negotiated("h2") = result else {
            return try channel.pipeline.syncOperations.addHandler(HTTP1Connection(loop: loop))
        }
        let address = channel.remoteAddress?.ipAddress.flatMap { Network.bytes($0) } ?? []
        let bound = NIOLoopBound(loop, eventLoop: channel.eventLoop)
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers(
                    [
                        HTTP2FramePayloadToHTTP1ServerCodec(), HTTP2Stream(loop: bound.value, address: address),
                    ] as [any ChannelHandler])
            }
        }
    }
}
