import NIOCore
import NIOHTTP1
import NIOHTTP2
import Routing

/// One request of HTTP/2: the stream of its own that it has.
final class HTTP2Stream: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let loop: RouteLoop
    private let address: [UInt8]
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isDone = false

    init(loop: RouteLoop, address: [UInt8]) { (self.loop, self.address) = (loop, address) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let bytes):
            guard !isDone else { return }
            body.append(contentsOf: bytes.readableBytesView)
            if body.count > loop.settings.mostBody { send(loop.count(RequestHead.Refusal.contentTooLarge.answer), context) }
        case .end:
            guard !isDone, let head else { return }
            ask(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func ask(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = Array(head.uri.utf8)
        let key = head.headers.first(name: "x-benemen-apikey").map { Array($0.utf8) }
        let authorization = head.headers.first(name: "authorization").map { Array($0.utf8) }
        let method: RequestHead.Method =
            switch head.method {
            case .POST: .post
            case .GET: .get
            case .HEAD: .head
            default: .other
            }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let answer = path.withUnsafeBytes { path in
            (key ?? []).withUnsafeBytes { keyBytes in
                (authorization ?? []).withUnsafeBytes { authorizationBytes in
                    body.withUnsafeBytes { body in
                        loop.answer(
                            RouteRequest(
                                method: method, path: path, key: key.map { _ in keyBytes },
                                authorization: authorization.map { _ in authorizationBytes },
                                body: body, address: address)
                        ) { answer in
                            let (stream, context) = bound.value
                            stream.send(answer, context)
                        }
                    }
                }
            }
        }
        if let answer { send(answer, context, withoutBody: method == .head) }
    }

    private func send(_ answer: Answer, _ context: ChannelHandlerContext, withoutBody: Bool = false) {
        guard !isDone else { return }
        isDone = true
        var headers = HTTPHeaders()
        for field in answer.fields { headers.add(name: field.name, value: field.value) }
        if let type = answer.contentType { headers.add(name: "content-type", value: type) }
        if answer.status != 204 { headers.add(name: "content-length", value: "\(answer.body.utf8.count)") }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http2, status: .init(statusCode: answer.status), headers: headers))),
            promise: nil)
        if !answer.body.isEmpty, !withoutBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
