import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server that keeps what it was sent. It answers with the statuses it was given, then with 200.
final class EventReceiver: Sendable {
    struct Received: Sendable {
        var uri: String
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private final class Shelf: Sendable {
        let state: Mutex<(received: [Received], statuses: [Int])>

        init(_ statuses: [Int]) {
            state = Mutex(([], statuses))
        }

        /// Keeps it and says which status to answer.
        func take(_ received: Received) -> Int {
            state.withLock { state in
                state.received.append(received)
                return state.statuses.isEmpty ? 200 : state.statuses.removeFirst()
            }
        }
    }

    private let channel: any Channel
    private let shelf: Shelf

    var port: Int { channel.localAddress?.port ?? 0 }
    var received: [Received] { shelf.state.withLock { $0.received } }

    static func start(answering statuses: [Int] = []) async throws -> EventReceiver {
        let shelf = Shelf(statuses)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(shelf))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return EventReceiver(channel, shelf)
    }

    private init(_ channel: any Channel, _ shelf: Shelf) {
        self.channel = channel
        self.shelf = shelf
    }

    func stop() async {
        try? await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let shelf: Shelf
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ shelf: Shelf) {
            self.shelf = shelf
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
            case .end:
                let status = shelf.take(Received(uri: head?.uri ?? "", headers: head?.headers ?? [:], body: body))
                body = []
                let answer = HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: ["Content-Length": "0"])
                context.write(wrapOutboundOut(.head(answer)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
