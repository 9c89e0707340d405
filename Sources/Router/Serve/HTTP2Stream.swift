import NIOCore
import NIOHTTP1
import NIOHTTP2
import Routing

/// One request of HTTP/2: the stream of its own that it has.
final class HTTP2Stream: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let loop: RouteLoop
    private let connection: HTTP2Connection
    private let address: [UInt8]
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The answer was given.
    private var isDone = false
    /// The question was asked, and waits for its answer.
    private var isWaiting = false
    private var deadline: UInt64

    init(loop: RouteLoop, connection: HTTP2Connection, address: [UInt8]) {
        (self.loop, self.connection, self.address) = (loop, connection, address)
        deadline = RouteLoop.ticks() + loop.settings.requestPatience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { forget() }
    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    private func forget() {
        context = nil
        connection.remove(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// A request that does not come to its end is refused; a stream that does not end after its answer is reset.
    func sweep(at now: UInt64) {
        guard now > deadline, !isWaiting, let context else { return }
        if isDone {
            context.close(promise: nil)
        } else {
            send(loop.count(Refusal.timeout.answer))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isDone { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            // Who is refused anyway need not send a body.
            if let refusal = with(head, { loop.refusal($0) }) { send(refusal) }
        case .body(let bytes):
            guard body.count + bytes.readableBytes <= loop.settings.mostBody else {
                body = []
                return send(loop.count(Refusal.contentTooLarge.answer))
            }
            body.append(contentsOf: bytes.readableBytesView)
        case .end:
            guard let head else { return }
            isWaiting = true
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            if let answer = with(head, { request in loop.answer(request) { bound.value.send($0) } }) { send(answer) }
        }
    }

    private func with<Result>(_ head: HTTPRequestHead, _ use: (RouteRequest) -> Result) -> Result {
        let path = Array(head.uri.utf8)
        let key = head.headers.first(name: "x-benemen-apikey").map { Array($0.utf8) }
        let authorization = head.headers.first(name: "authorization").map { Array($0.utf8) }
        return path.withUnsafeBytes { path in
            (key ?? []).withUnsafeBytes { keyBytes in
                (authorization ?? []).withUnsafeBytes { authorizationBytes in
                    body.withUnsafeBytes { body in
                        use(
                            RouteRequest(
                                method: Self.method(head.method), path: path, key: key.map { _ in keyBytes },
                                authorization: authorization.map { _ in authorizationBytes }, body: body, address: address))
                    }
                }
            }
        }
    }

    private static func method(_ method: HTTPMethod) -> RequestHead.Method {
        switch method {
        case .POST: .post
        case .GET: .get
        case .HEAD: .head
        default: .other
        }
    }

    private func send(_ answer: Answer) {
        guard !isDone, let context else { return }
        (isDone, isWaiting) = (true, false)
        body = []
        deadline = RouteLoop.ticks() + loop.settings.requestPatience
        var headers = HTTPHeaders()
        for field in answer.fields { headers.add(name: field.name, value: field.value) }
        if let type = answer.contentType { headers.add(name: "content-type", value: type) }
        if answer.status != 204 { headers.add(name: "content-length", value: "\(answer.body.utf8.count)") }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http2, status: .init(statusCode: answer.status), headers: headers))),
            promise: nil)
        if !answer.body.isEmpty, head?.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
