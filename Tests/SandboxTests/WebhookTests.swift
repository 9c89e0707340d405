import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Sandbox
import Synchronization
import Testing

@Suite struct WebhookTests {
    @Test func `A call that ended is told with its token and event, again after a failure`() async throws {
        let receiver = try await Receiver.start(failures: 1)
        try await withSandbox({ $0.speed = 1000 }) { sandbox in
            let body = #"{"endpoint":"http://127.0.0.1:\#(receiver.port)/hook","secret":"shared"}"#
            _ = try await sandbox.admin("POST", "/enreach/webhooks", body)
            let user = try #require(sandbox.server.enreach.users.first)
            let made = try await sandbox.admin(
                "POST", "/enreach/calls",
                #"{"add":[{"aNumber":"+358501111111","bNumber":"+358931010000","userID":"\#(user.id)","userName":"x"}]}"#)
            #expect(made.status == 200)
            try await eventually { receiver.received.count == 2 }
            let last = try #require(receiver.received.last)
            #expect(last.headers.first(name: "X-Benemen-Token") == "shared")
            #expect(last.headers.first(name: "X-Benemen-Event") == "UserCallInDisconnected")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(last.body)) as? [String: Any])
            #expect(object["CallerNumber"] as? String == "+358501111111")
            try await eventually { try await sandbox.admin("GET", "/enreach/webhooks").object["delivered"] as? Int == 1 }
        }
        await receiver.stop()
    }

    @Test func `Webhooks are lost and doubled when told so`() async throws {
        let receiver = try await Receiver.start(failures: 0)
        try await withSandbox { sandbox in
            _ = try await sandbox.admin(
                "POST", "/enreach/webhooks", #"{"endpoint":"http://127.0.0.1:\#(receiver.port)/hook","secret":"shared"}"#)
            let user = try #require(sandbox.server.enreach.users.first)
            let call = #"{"add":[{"aNumber":"+358501111111","userID":"\#(user.id)"}]}"#
            sandbox.server.faults.replace(with: [Fault(.lose, on: .webhook)])
            _ = try await sandbox.admin("POST", "/enreach/calls", call)
            let figures = try await sandbox.admin("GET", "/enreach/webhooks")
            #expect(figures.object["lost"] as? Int == 1)
            sandbox.server.faults.replace(with: [Fault(.duplicate, on: .webhook)])
            _ = try await sandbox.admin("POST", "/enreach/calls", call)
            try await eventually { receiver.received.count == 2 }
            #expect(Set(receiver.received.map(\.body)).count == 1)
        }
        await receiver.stop()
    }
}

/// A small HTTP server that keeps what it was sent.
private final class Receiver: Sendable {
    struct Received: Sendable {
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private let channel: any Channel
    private let state: Mutex<(received: [Received], failures: Int)>

    var port: Int { channel.localAddress?.port ?? 0 }
    var received: [Received] { state.withLock { $0.received } }

    static func start(failures: Int) async throws -> Receiver {
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let receiver = Receiver(channel, failures: failures)
        box.receiver.withLock { $0 = receiver }
        return receiver
    }

    private init(_ channel: any Channel, failures: Int) {
        self.channel = channel
        state = Mutex(([], failures))
    }

    func stop() async {
        try? await channel.close()
    }

    /// Keeps it and says which status to answer.
    fileprivate func take(_ received: Received) -> HTTPResponseStatus {
        state.withLock { state in
            state.received.append(received)
            guard state.failures > 0 else { return .ok }
            state.failures -= 1
            return .internalServerError
        }
    }

    fileprivate final class Box: Sendable {
        let receiver = Mutex<Receiver?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let box: Box
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ box: Box) {
            self.box = box
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
            case .end:
                let receiver = box.receiver.withLock { $0 }
                let status = receiver?.take(Received(headers: head?.headers ?? [:], body: body)) ?? .notFound
                body = []
                let answer = HTTPResponseHead(version: .http1_1, status: status, headers: ["Content-Length": "0"])
                context.write(wrapOutboundOut(.head(answer)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
