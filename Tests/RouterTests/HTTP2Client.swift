import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// A connection of HTTP/2 whose streams a test fills as it likes, with good requests and with bad ones.
final class HTTP2Client: Sendable {
    struct Answer: Equatable {
        var status = 0
        var body = ""
        /// The stream ended without an answer, or before its end.
        var isBroken = false
    }

    private let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

    private init(_ channel: any Channel, _ multiplexer: NIOHTTP2Handler.StreamMultiplexer) {
        (self.channel, self.multiplexer) = (channel, multiplexer)
    }

    /// - Parameter protocols: what is offered in the handshake.
    static func connect(port: Int) async throws -> HTTP2Client {
        let tls = try context(["h2"])
        let multiplexers = Mutex<NIOHTTP2Handler.StreamMultiplexer?>(nil)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { $0.close() }
                    multiplexers.withLock { $0 = multiplexer }
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        guard let multiplexer = multiplexers.withLock({ $0 }) else { throw TestRouter.NoAnswer() }
        return HTTP2Client(channel, multiplexer)
    }

    static func context(_ protocols: [String]) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.first.utf8)))
        tls.applicationProtocols = protocols
        return try NIOSSLContext(configuration: tls)
    }

    var isClosed: Bool { !channel.isActive }
    func close() async { try? await channel.close() }

    /// A request, with its body and its end.
    func ask(
        _ method: HTTPMethod = .POST, _ path: String = "/route", key: String?, body: String? = nil, ends: Bool = true,
        fields: [(String, String)] = []
    ) async throws -> Answer {
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        let stream = try await multiplexer.createStreamChannel { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers(
                    [HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .https), Collector(promise)] as [any ChannelHandler])
            }
        }.get()
        var headers: HTTPHeaders = ["host": "localhost"]
        if let key { headers.add(name: "X-Benemen-APIKey", value: key) }
        for (name, value) in fields { headers.add(name: name, value: value) }
        var parts: [HTTPClientRequestPart] = [.head(.init(version: .http2, method: method, uri: path, headers: headers))]
        if let body { parts.append(.body(.byteBuffer(ByteBuffer(string: body)))) }
        if ends { parts.append(.end(nil)) }
        for part in parts { stream.writeAndFlush(part, promise: nil) }
        return try await promise.futureResult.get()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        private let promise: EventLoopPromise<Answer>
        private var answer = Answer()
        private var isDone = false

        init(_ promise: EventLoopPromise<Answer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): answer.status = Int(head.status.code)
            case .body(let bytes): answer.body += String(buffer: bytes)
            case .end: finish()
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            answer.isBroken = !isDone
            finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func finish() {
            guard !isDone else { return }
            isDone = true
            promise.succeed(answer)
        }
    }
}
