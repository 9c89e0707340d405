import NIOCore
import NIOPosix
import Synchronization

/// A line to the database that can be cut and mended: what goes in at its port comes out at the server's.
final class DatabaseLine: Sendable {
    private struct State {
        var isCut = false
        var channels: [any Channel] = []
    }

    private let state = Mutex(State())
    private let server: any Channel
    let port: Int

    private init(_ server: any Channel, _ port: Int) { (self.server, self.port) = (server, port) }

    static func lay(to target: Int) async throws -> DatabaseLine {
        let holder = Mutex<DatabaseLine?>(nil)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                guard let line = holder.withLock({ $0 }), line.take(channel) else { return channel.close() }
                return ClientBootstrap(group: channel.eventLoop)
                    .channelInitializer { other in
                        channel.eventLoop.makeCompletedFuture {
                            try other.pipeline.syncOperations.addHandler(Forwarder(to: channel))
                            try channel.pipeline.syncOperations.addHandler(Forwarder(to: other))
                        }
                    }
                    .connect(host: "127.0.0.1", port: target).flatMap {
                        line.take($0) ? $0.eventLoop.makeSucceededVoidFuture() : $0.close()
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let line = DatabaseLine(server, server.localAddress?.port ?? 0)
        holder.withLock { $0 = line }
        return line
    }

    private func take(_ channel: any Channel) -> Bool {
        state.withLock { state in
            if !state.isCut { state.channels.append(channel) }
            return !state.isCut
        }
    }

    /// Ends what goes over it, and lets nothing new through. To be repeated until it shows: a connection that was just being taken is not
    /// closed by the first time.
    func cut() async {
        let channels = state.withLock { state in
            state.isCut = true
            return state.channels
        }
        for channel in channels {
            // Said aloud first: a process that was started meanwhile may have inherited the descriptor, and keeps the connection open.
            try? await channel.close(mode: .output)
            try? await channel.close()
        }
    }

    func mend() { state.withLock { $0.isCut = false } }

    func end() async {
        await cut()
        try? await server.close()
    }

    private final class Forwarder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { other.write(unwrapInboundIn(data), promise: nil) }
        func channelReadComplete(context: ChannelHandlerContext) { other.flush() }
        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
