import NIOCore
import NIOPosix
import Synchronization

/// A connection on which a test says exactly the bytes it wants.
final class RawClient: Sendable {
    private let channel: any Channel
    private let collector: Collector

    /// Keeps what came.
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let bytes = Mutex<[UInt8]>([])
        let isClosed = Mutex(false)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        }
        func channelInactive(context: ChannelHandlerContext) { isClosed.withLock { $0 = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private init(_ channel: any Channel, _ collector: Collector) { (self.channel, self.collector) = (channel, collector) }

    /// - Parameter reads: false reads nothing before it is told to.
    static func connect(port: Int, reads: Bool = true) async throws -> RawClient {
        let collector = Collector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel, collector)
    }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }
    /// Reads from now on.
    func read() async throws { try await channel.setOption(ChannelOptions.autoRead, value: true).get() }
    /// Says that nothing more will come.
    func finish() async throws { try await channel.close(mode: .output) }
    func close() async { try? await channel.close() }

    var received: [UInt8] { collector.bytes.withLock { $0 } }
    var isClosed: Bool { collector.isClosed.withLock { $0 } || !channel.isActive }

    /// Everything until the other side closed.
    func readToEnd() async throws -> [UInt8] {
        try await channel.closeFuture.get()
        return received
    }
}
