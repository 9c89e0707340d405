import NIOCore
import NIOHTTP2

/// A connection of HTTP/2: counts its streams, ends them and itself when they take too long. Behind the handler that reads the frames.
final class HTTP2Connection: ChannelInboundHandler, Sweepable {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let loop: RouteLoop
    private var context: ChannelHandlerContext?
    private var streams: [ObjectIdentifier: HTTP2Stream] = [:]
    private var isDraining = false
    /// When a connection without streams has been idle for long enough.
    private var deadline: UInt64

    /// Streams at once, and bytes of the fields of a request; the rest is NIO's, its guards against floods of frames and of resets among it.
    static let configuration: NIOHTTP2Handler.ConnectionConfiguration = {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 100),
            HTTP2Setting(parameter: .maxHeaderListSize, value: RequestHead.most),
        ]
        configuration.maximumBufferedControlFrames = 1000
        return configuration
    }()

    init(loop: RouteLoop) {
        self.loop = loop
        deadline = RouteLoop.ticks() + loop.settings.requestPatience
    }

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
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's mistake is the stream's; the connection goes when its own bytes make no sense.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The other side asks nothing more; what it has asked is answered.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { drain() }
        context.fireUserInboundEventTriggered(event)
    }

    // Frames that belong to no stream were heeded already.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    // MARK: Streams

    func add(_ stream: HTTP2Stream) { streams[ObjectIdentifier(stream)] = stream }

    func remove(_ stream: HTTP2Stream) {
        guard streams.removeValue(forKey: ObjectIdentifier(stream)) != nil, streams.isEmpty else { return }
        deadline = RouteLoop.ticks() + loop.settings.idlePatience
        if isDraining { abort() }
    }

    func sweep(at now: UInt64) {
        for stream in Array(streams.values) { stream.sweep(at: now) }
        if streams.isEmpty, now > deadline { drain() }
    }

    func drain() {
        guard !isDraining, let context else { return }
        isDraining = true
        let goodbye = HTTP2Frame.FramePayload.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
        let channel = context.channel
        let isIdle = streams.isEmpty
        context.writeAndFlush(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: goodbye))).whenComplete { _ in
            if isIdle { channel.close(promise: nil) }
        }
    }

    func abort() { context?.close(promise: nil) }
}
