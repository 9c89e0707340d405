import NIOCore
import Routing

/// A connection of HTTP/1.1: keep-alive, requests one after another or many at once, answered in their order.
///
/// It reads the bytes itself. A general HTTP layer costs several times what the answer does.
final class HTTP1Connection: ChannelInboundHandler, Sweepable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: RouteLoop
    private var context: ChannelHandlerContext?
    private var address: [UInt8] = []
    /// What came and was not answered yet.
    private var input: ByteBuffer?
    /// Answers on their way out.
    private var output: ByteBuffer?
    private var head: RequestHead?
    private var scanned = 0
    private var saidContinue = false
    /// An answer comes later: nothing more is read until then.
    private var isWaiting = false
    private var isClosing = false
    private var isDraining = false
    /// A refusal was sent: what is still coming is thrown away for a while, because closing on top of it would take the refusal with it.
    private var isLingering = false
    private var inputEnded = false
    private var hasSaidEnd = false
    /// Within the asking of a question.
    private var isAsking = false
    /// When the present request, or the present pause, has lasted long enough.
    private var deadline: UInt64

    /// Bytes of requests that may wait behind one another.
    private static let mostInput = 256 * 1024

    init(loop: RouteLoop) {
        self.loop = loop
        deadline = RouteLoop.ticks() + loop.settings.requestPatience
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        address = context.channel.remoteAddress?.ipAddress.flatMap { Network.bytes($0) } ?? []
        guard loop.connectionCount < loop.settings.mostConnections else {
            context.close(promise: nil)
            return
        }
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { forget() }
    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    private func forget() {
        loop.remove(self)
        context = nil
        input = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // The other side says nothing more, and may still listen.
            inputEnded = true
            if !isWaiting { finish(context) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func sweep(at now: UInt64) {
        guard now > deadline, !isWaiting, let context else { return }
        if isLingering {
            context.close(promise: nil)
            return
        }
        if input != nil {
            put(loop.count(.problem(408, "The request did not come to its end in time.", closes: true)))
            return send(context)
        }
        finish(context)
    }

    func drain() {
        isDraining = true
        if !isWaiting, input == nil, let context { finish(context) }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if isClosing { return }
        if input == nil {
            input = bytes
        } else {
            input!.writeBuffer(&bytes)
        }
        answerAll(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        send(context)
        context.fireChannelReadComplete()
    }

    private func answerAll(_ context: ChannelHandlerContext) {
        while !isWaiting, !isClosing, let input, input.readableBytes > 0 {
            do {
                guard try answerNext(context) else { break }
            } catch {
                put(loop.count(error.answer))
            }
        }
        if let input, input.readableBytes == 0 { self.input = nil }
        if let input, input.readableBytes > Self.mostInput { put(loop.count(RequestHead.Refusal.contentTooLarge.answer)) }
        if input == nil, !isWaiting { deadline = RouteLoop.ticks() + loop.settings.idlePatience }
    }

    /// False when the rest of the request has not come yet.
    private func answerNext(_ context: ChannelHandlerContext) throws(RequestHead.Refusal) -> Bool {
        var failure: RequestHead.Refusal?
        var consumed = 0
        let wasFresh = head == nil && scanned == 0
        guard let present = input else { return false }
        present.withUnsafeReadableBytes { bytes in
            do throws(RequestHead.Refusal) {
                consumed = try answer(bytes, context)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard consumed > 0 else {
            // The patience for a request begins with its first byte.
            if wasFresh { deadline = RouteLoop.ticks() + loop.settings.requestPatience }
            if head?.expectsContinue == true, !saidContinue {
                saidContinue = true
                output = output ?? context.channel.allocator.buffer(capacity: 64)
                output!.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
            }
            return false
        }
        // An answer that ends the connection has let go of what is left.
        input?.moveReaderIndex(forwardBy: consumed)
        head = nil
        scanned = 0
        saidContinue = false
        return true
    }

    /// Bytes of the request that was answered; 0 when more have to come.
    private func answer(_ bytes: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) throws(RequestHead.Refusal) -> Int {
        if head == nil {
            guard let end = try RequestHead.end(in: bytes, scanned: &scanned) else { return 0 }
            head = try RequestHead(bytes, end: end)
        }
        guard let head else { return 0 }
        if head.isChunked {
            guard case .complete(let body, let end) = try ChunkedBody.read(bytes, from: head.end, most: loop.settings.mostBody)
            else { return 0 }
            body.withUnsafeBytes { answer(head, bytes, body: $0) }
            return end
        }
        let length = head.contentLength ?? 0
        guard length <= loop.settings.mostBody else { throw .contentTooLarge }
        guard bytes.count >= head.end + length else { return 0 }
        answer(head, bytes, body: UnsafeRawBufferPointer(rebasing: bytes[head.end..<(head.end + length)]))
        return head.end + length
    }

    private func answer(_ head: RequestHead, _ bytes: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
        if !head.keepsAlive { isDraining = true }
        let request = RouteRequest(
            method: head.method, path: part(head.path), key: head.key.map(part), authorization: head.authorization.map(part),
            body: body,
            address: address)
        isAsking = true
        isWaiting = true
        let answer = loop.answer(request) { answer in
            self.isWaiting = false
            self.put(answer, withoutBody: head.method == .head)
            // An answer that comes while it is being asked for goes out with the others.
            guard !self.isAsking, let context = self.context else { return }
            self.answerAll(context)
            self.send(context)
        }
        isAsking = false
        guard let answer else { return }
        isWaiting = false
        put(answer, withoutBody: head.method == .head)
    }

    // MARK: Answers

    private func put(_ answer: Answer, withoutBody: Bool = false) {
        if answer.closes { (isDraining, isLingering) = (true, true) }
        if isDraining { isClosing = true }
        guard context != nil else { return }
        if output == nil { output = context!.channel.allocator.buffer(capacity: 256) }
        output!.write(answer, closes: isClosing, withoutBody: withoutBody)
        if isClosing { input = nil }
    }

    private func send(_ context: ChannelHandlerContext) {
        flush(context)
        if isLingering, !inputEnded { return linger(context) }
        if isClosing || (inputEnded && !isWaiting && input == nil) { finish(context) }
    }

    private func finish(_ context: ChannelHandlerContext) {
        flush(context)
        isClosing = true
        context.close(promise: nil)
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard !hasSaidEnd else { return }
        hasSaidEnd = true
        deadline = RouteLoop.ticks() + 2_000_000_000
        context.close(mode: .output, promise: nil)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard let output else { return }
        self.output = nil
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }
}
