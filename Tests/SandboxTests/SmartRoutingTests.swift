import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import Sandbox

/// The caller's side of smart routing, against answers made up here.
@Suite struct SmartRoutingTests {
    /// What the made-up router answers for a called number.
    enum Reply: Sendable {
        case status(Int)
        case target(String, fail: String? = nil)
        case silence
    }

    @Test func `answers are followed and counted`() async throws {
        let figures = try await Self.ask(
            ["+3581": .status(204), "+3582": .target("+3583"), "+3583": .status(204)], ["+3581", "+3582", "+3582"])
        #expect(figures.asked == 3 && figures.answered == 3)
        #expect(figures.standard == 1 && figures.rerouted == 2)
        #expect(figures.errors == 0 && figures.loops == 0)
    }

    @Test func `a way that comes round again is a loop`() async throws {
        let figures = try await Self.ask(["+3581": .target("+3582"), "+3582": .target("+3581")], ["+3581"])
        #expect(figures.loops == 1 && figures.errors == 0)
    }

    @Test func `the called number, other statuses, and silence are errors`() async throws {
        let figures = try await Self.ask(
            ["+3581": .target("+3581"), "+3582": .status(500), "+3583": .silence], ["+3581", "+3582", "+3583"], patience: 1)
        #expect(figures.errors == 3 && figures.faults.count == 3)
    }

    @Test func `a call that overflows goes to the FailTarget and is asked about there, or goes on by default`() async throws {
        let replies: [String: Reply] = [
            "+3581": .target("+3582", fail: "+3583"), "+3583": .target("+3584"), "+3585": .target("+3586", fail: "+3585"),
        ]
        let figures = try await Self.ask(replies, ["+3581", "+3585"], overflow: 100)
        // At +3583 it overflows again, and there is nowhere to go; the other answer sends it back to where it is.
        #expect(figures.overflowed == 3 && figures.rerouted == 2 && figures.errors == 1 && figures.loops == 0)
    }

    @Test func `a loop by way of the FailTarget is one, too`() async throws {
        let replies: [String: Reply] = ["+3581": .target("+3582", fail: "+3583"), "+3583": .target("+3584", fail: "+3581")]
        let figures = try await Self.ask(replies, ["+3581"], overflow: 100)
        #expect(figures.loops == 1)
    }

    @Test func `the end of a call ends the asking`() async throws {
        let figures = try await Self.ask(["+3581": .target("DISCONNECT:")], ["+3581"])
        #expect(figures.disconnected == 1 && figures.rerouted == 1 && figures.errors == 0)
    }

    @Test func `several events of a call ask once, outbound ones never`() async throws {
        let caller = SmartRoutingCaller()
        caller.target = SmartRoutingTarget(endpoint: "http://127.0.0.1:1/route", key: "k")
        let id = UUID()
        caller.inbound(Self.event("+3581", id: id), queueNumber: nil)
        caller.inbound(Self.event("+3589", id: id), queueNumber: nil)
        var outbound = Self.event("+3581")
        outbound.inbound = false
        caller.inbound(outbound, queueNumber: nil)
        #expect(caller.figures.asked == 1)
    }

    private static func event(_ bnum: String, id: UUID = UUID()) -> CallEventRecord {
        CallEventRecord(
            callID: id, aNumber: "+358401234567", bNumber: bnum, start: Date(), inbound: true, duration: 10, userID: nil,
            userName: nil,
            modified: Date())
    }

    private static func ask(_ replies: [String: Reply], _ calls: [String], patience: Double = 60, overflow: Int = 0) async throws
        -> SmartRoutingFigures
    {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(replies))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let caller = SmartRoutingCaller()
        caller.target = SmartRoutingTarget(
            endpoint: "http://127.0.0.1:\(server.localAddress?.port ?? 0)/route", key: "k", patience: patience, overflow: overflow
        )
        let running = Task { await caller.run() }
        for bnum in calls { caller.inbound(event(bnum), queueNumber: nil) }
        try await eventually("all have their answer") { caller.figures.answered == calls.count }
        running.cancel()
        await running.value
        try await server.close()
        return caller.figures
    }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let replies: [String: Reply]
        private var body = ""

        init(_ replies: [String: Reply]) { self.replies = replies }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: break
            case .body(let bytes): body += String(buffer: bytes)
            case .end:
                let bnum = replies.keys.first { body.contains("\"bnum\":\"\($0)\"") } ?? ""
                switch replies[bnum] ?? .status(404) {
                case .silence: return
                case .status(let status): answer(context, status, "")
                case .target(let target, let fail):
                    answer(context, 200, "{\"InitialTarget\":\"\(target)\"\(fail.map { ",\"FailTarget\":\"\($0)\"" } ?? "")}")
                }
            }
        }

        private func answer(_ context: ChannelHandlerContext, _ status: Int, _ text: String) {
            let headers: HTTPHeaders = status == 204 ? [:] : ["Content-Length": "\(text.utf8.count)"]
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers))),
                promise: nil)
            if !text.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
