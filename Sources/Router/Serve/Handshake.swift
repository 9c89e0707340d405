import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOTLS

/// A connection until it is agreed what is spoken on it: it counts and has its time like any other.
final class Handshake: ChannelInboundHandler, RemovableChannelHandler, Sweepable {
    typealias InboundIn = ByteBuffer

    private let loop: RouteLoop
    private let address: [UInt8]
    private let deadline: UInt64
    private var context: ChannelHandlerContext?

    init(loop: RouteLoop, address: [UInt8]) {
        (self.loop, self.address) = (loop, address)
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

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func sweep(at now: UInt64) { if now > deadline { abort() } }
    func drain() { abort() }
    func abort() { context?.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who says nothing more won't come to an agreement.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { return abort() }
        guard case .handshakeCompleted(let spoken)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        let pipeline = context.pipeline.syncOperations
        // Its place in the count goes to its successor.
        loop.remove(self)
        do {
            if spoken == "h2" {
                try addHTTP2(to: pipeline)
            } else {
                try pipeline.addHandler(HTTP1Connection(loop: loop, address: address))
            }
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private func addHTTP2(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let connection = HTTP2Connection(loop: loop)
        let bound = NIOLoopBound((loop, connection, address), eventLoop: loop.eventLoop)
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: HTTP2Connection.configuration, streamConfiguration: .init()
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (loop, connection, address) = bound.value
                try stream.pipeline.syncOperations.addHandlers(
                    [HTTP2FramePayloadToHTTP1ServerCodec(), HTTP2Stream(loop: loop, connection: connection, address: address)]
                        as [any ChannelHandler])
            }
        }
        try pipeline.addHandler(connection)
    }
}
