import NIOCore

/// A connection of HTTP/1.1: keep-alive, requests one after another or many at once, answered in their order.
///
/// It reads the bytes itself. A general HTTP layer costs several times what the answer does. What it holds is bounded: a request, what came with its last
/// bytes, and answers up to the mark at which the other side is too slow; beyond that nothing more is read.
final class HTTP1Connection<Loop: Answering>: ChannelDuplexHandler, Sweepable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: Loop
    let address: [UInt8]
    var context: ChannelHandlerContext?
    /// What came and was not answered yet.
    var input: ByteBuffer?
    var reading = RequestReading()
    /// An answer comes later: nothing more is answered until then.
    var isWaiting = false
    /// Within the asking of a question.
    var isAsking = false
    /// The last answer was given: what still comes is thrown away.
    private(set) var isClosing = false
    private var isDraining = false
    /// A refusal was sent: what is still coming is thrown away for a while, because closing on top of it would take the refusal with it.
    private var isLingering = false
    /// The other side does not take its answers.
    private var isStalled = false
    /// A wish to read that was held back.
    private var wantsToRead = false
    private var inputEnded = false
    private var hasSaidEnd = false
    /// The end that was said is out, with all before it.
    private var isEndOut = false
    private var isFinishing = false
    /// Answers on their way out.
    private var output: ByteBuffer?
    /// When the present request, or the present pause, has lasted long enough.
    var deadline: UInt64

    /// Bytes of answers that are gathered before they are sent.
    private static var mostOutput: Int { 32_768 }

    /// - Parameter address: of the other side.
    init(loop: Loop, address: [UInt8]) {
        self.loop = loop
        self.address = address
        deadline = Loop.ticks() + loop.settings.requestPatience
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !loop.admit(self) { abort() }
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
        output = nil
        reading = RequestReading()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // The other side says nothing more, and may still listen.
            inputEnded = true
            if isEndOut { abort() } else { send(context) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func sweep(at now: UInt64) {
        guard now > deadline, !isWaiting, let context else { return }
        if isClosing || isStalled { return abort() }
        if input != nil || reading.isUnderWay {
            put(loop.count(Refusal.timeout.answer))
            return send(context)
        }
        finish(context)
    }

    func drain() {
        isDraining = true
        if !isWaiting, !isClosing, input == nil, !reading.isUnderWay, let context { finish(context) }
    }

    func abort() { context?.close(promise: nil) }

    // MARK: Coming in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if isClosing { return }
        if input == nil {
            input = bytes
        } else {
            // What was answered takes no room.
            if input!.readerIndex > 4096 { input!.discardReadBytes() }
            input!.writeBuffer(&bytes)
        }
        answerAll(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        send(context)
        context.fireChannelReadComplete()
    }

    /// Reads on only when there is room: who does not take the answers, or sends the next questions before there is one, waits.
    func read(context: ChannelHandlerContext) {
        if isStalled || isWaiting && input != nil { wantsToRead = true } else { context.read() }
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard wantsToRead, !isStalled, !(isWaiting && input != nil) else { return }
        wantsToRead = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isStalled, context.channel.isWritable {
            isStalled = false
            answerAll(context)
            send(context)
            readOn(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Answers all requests that have come to their end, as long as the answers are taken.
    private func answerAll(_ context: ChannelHandlerContext) {
        while !isWaiting, !isClosing, !isStalled, let input {
            do throws(Refusal) {
                guard try answerNext(input) else { break }
            } catch {
                put(loop.count(error.answer))
            }
            if let output, output.readableBytes > Self.mostOutput { flushOrStall(context) }
        }
        if input == nil, !reading.isUnderWay, !isWaiting, !isStalled, !isClosing {
            deadline = Loop.ticks() + loop.settings.idlePatience
        }
    }

    /// An answer that came later.
    func answered(_ answer: Answer, withoutBody: Bool, isLast: Bool) {
        isWaiting = false
        put(answer, withoutBody: withoutBody, isLast: isLast)
        // One that comes while it is being asked for goes out with the others.
        guard !isAsking, let context else { return }
        answerAll(context)
        send(context)
        readOn(context)
    }

    // MARK: Going out

    /// - Parameter isLast: whether the request asked for the connection to end with its answer.
    func put(_ answer: Answer, withoutBody: Bool = false, isLast: Bool = false) {
        if answer.closes { isLingering = true }
        if answer.closes || isLast || isDraining { isClosing = true }
        guard let context else { return }
        if output == nil { output = context.channel.allocator.buffer(capacity: 256) }
        output!.write(answer, closes: isClosing, withoutBody: withoutBody)
        guard isClosing else { return }
        input = nil
        deadline = Loop.ticks() + loop.settings.requestPatience
    }

    /// Tells the other side to send the body it holds back.
    func putContinue() {
        guard let context else { return }
        if output == nil { output = context.channel.allocator.buffer(capacity: 64) }
        output!.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    }

    private func send(_ context: ChannelHandlerContext) {
        if isLingering, !inputEnded {
            flush(context)
            linger(context)
        } else if isClosing || (inputEnded && !isWaiting && !isStalled) {
            finish(context)
        } else {
            flush(context)
        }
    }

    /// Ends the connection once the answers are out.
    private func finish(_ context: ChannelHandlerContext) {
        (isClosing, input) = (true, nil)
        guard !isFinishing else { return }
        isFinishing = true
        // Whoever said the end already waits for that to be out.
        guard !hasSaidEnd else { return }
        deadline = Loop.ticks() + loop.settings.requestPatience
        let channel = context.channel
        // It is written behind all that was written before.
        context.writeAndFlush(wrapOutboundOut(output ?? ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
        output = nil
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard !hasSaidEnd else { return }
        hasSaidEnd = true
        deadline = Loop.ticks() + min(2_000_000_000, loop.settings.requestPatience)
        context.close(mode: .output).assumeIsolated().whenComplete { _ in
            self.isEndOut = true
            if self.inputEnded { self.abort() }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard let output else { return }
        self.output = nil
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    }

    private func flushOrStall(_ context: ChannelHandlerContext) {
        flush(context)
        guard !context.channel.isWritable else { return }
        isStalled = true
        deadline = Loop.ticks() + loop.settings.requestPatience
    }
}
