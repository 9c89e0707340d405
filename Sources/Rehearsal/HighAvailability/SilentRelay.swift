import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay on loopback that can fall silent: it then reads nothing, writes nothing, closes nothing, and takes no new connection further.
///
/// Where network namespaces are not allowed it stands in for them. One thing differs: the kernel still acknowledges what is sent, as long as its
/// buffers last, so `tcp_user_timeout` does not notice.
final class SilentRelay: Sendable {
    private struct State {
        var isCut = false
        /// What waits for the end of the silence.
        var waiting: [@Sendable () -> Void] = []
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    let port: Int
    private let listener: any Channel
    private let state: SharedState

    fileprivate final class SharedState: Sendable {
        private let state = Mutex(State())

        /// Runs it now, or when the silence ends.
        func whenOpen(_ work: @escaping @Sendable () -> Void) {
            let isCut = state.withLock { state in
                if state.isCut { state.waiting.append(work) }
                return state.isCut
            }
            if !isCut { work() }
        }

        func set(cut: Bool) {
            let waiting = state.withLock { state in
                state.isCut = cut
                guard !cut else { return [@Sendable () -> Void]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for work in waiting { work() }
        }

        func hold(_ channel: any Channel) {
            state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
            channel.closeFuture.whenComplete { [weak self] _ in
                _ = self?.state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
            }
        }

        var channels: [any Channel] { state.withLock { Array($0.channels.values) } }
    }

    private init(port: Int, listener: any Channel, state: SharedState) {
        (self.port, self.listener, self.state) = (port, listener, state)
    }

    /// Takes connections on a free port and passes them on to that one.
    static func start(to target: Int) async throws -> SilentRelay {
        let state = SharedState()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                state.hold(near)
                state.whenOpen { Self.join(near, to: target, state) }
                return near.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SilentRelay(port: listener.localAddress?.port ?? 0, listener: listener, state: state)
    }

    func setCut(_ isCut: Bool) { state.set(cut: isCut) }

    func close() async {
        try? await listener.close().get()
        for channel in state.channels { try? await channel.close().get() }
    }

    /// Both channels share a loop, so that each may touch the other.
    private static func join(_ near: any Channel, to target: Int, _ state: SharedState) {
        ClientBootstrap(group: near.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { result in
                guard case .success(let far) = result else { return near.close(promise: nil) }
                state.hold(far)
                for (one, other) in [(near, far), (far, near)] {
                    one.pipeline.addHandler(RelayHandler(other: other, state: state)).whenSuccess { one.read() }
                }
            }
    }
}

/// Passes on what its channel reads, one read at a time.
private final class RelayHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let state: SilentRelay.SharedState

    init(other: any Channel, state: SilentRelay.SharedState) {
        (self.other, self.state) = (other, state)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let (channel, other, state) = (context.channel, other, state)
        state.whenOpen { other.writeAndFlush(bytes).whenSuccess { state.whenOpen { channel.read() } } }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let other = other
        state.whenOpen { other.close(promise: nil) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Programs beside us that reach the servers through relays.
struct RelayPath: CuttablePath {
    let relays: [SilentRelay]
    let cluster: PatroniCluster

    static func start(before cluster: PatroniCluster) async throws -> RelayPath {
        var relays: [SilentRelay] = []
        for node in cluster.nodes { relays.append(try await SilentRelay.start(to: node.port)) }
        return RelayPath(relays: relays, cluster: cluster)
    }

    var means: String { "relay on loopback" }

    var site: ProgramSite {
        ProgramSite(server: cluster.addresses(hosts: relays.map { _ in "127.0.0.1" }, ports: relays.map(\.port)))
    }

    func cut(node: Int) async throws { relays[node].setCut(true) }
    func mend(node: Int) async throws { relays[node].setCut(false) }
    func remove() async { for relay in relays { await relay.close() } }
}
