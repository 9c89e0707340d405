import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Runtime
import Testing
import TestSupport

@testable import Router

/// Bad input, limits and ends of HTTP/2 and of TLS.
@Suite(.database) struct HTTP2Tests {
    private static func run(_ settings: RouteSettings = TestRouter.patient, _ body: (TestRouter) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "router-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "c.pem"), folder.appending(path: "k.pem"))
        try Data(TestCertificates.first.utf8).write(to: certificate)
        try Data(TestCertificates.firstKey.utf8).write(to: key)
        let files = try TLSFiles(
            certificate: certificate.path(), key: key.path(), logger: Logger(label: "tls") { _ in SwiftLogNoOpLogHandler() })
        try await TestRouter.run(settings: settings, tls: files, prepare: RouterFixtures.known, body)
    }

    private static let question = #"{"anum":"+358401234567","bnum":"+35893100500"}"#

    @Test func `each kind of request has its answer, and the connection goes on`() async throws {
        try await Self.run { router async throws in
            let client = try await HTTP2Client.connect(port: router.port)
            let key = router.key
            #expect(try await client.ask(key: key, body: Self.question).body.contains("+358931001"))
            #expect(try await client.ask(key: key, body: Self.question.replacing("4567", with: "0000")).status == 204)
            for example in BadInputTests.cases where example.body.utf8.count < 60_000 {
                let answer = try await client.ask(key: key, body: example.body)
                #expect(answer.status == example.status && !answer.isBroken, "\(example.testDescription): \(answer)")
                #expect(example.detail.isEmpty || answer.body.contains(example.detail), "\(example.testDescription)")
            }
            #expect(try await client.ask(key: nil, body: Self.question).status == 401)
            #expect(try await client.ask(key: "wrong", body: Self.question).status == 401)
            #expect(try await client.ask(.POST, "/", key: key, body: Self.question).status == 404)
            #expect(try await client.ask(.POST, "/route/other", key: key, body: Self.question).status == 401)
            #expect(try await client.ask(.PUT, key: key, body: Self.question).status == 405)
            #expect(try await client.ask(.GET, "/openapi.json", key: nil).body == OpenAPI.document)
            let head = try await client.ask(.HEAD, "/openapi.json", key: nil)
            #expect(head.status == 200 && head.body.isEmpty && !head.isBroken)
            #expect(!client.isClosed)
            await client.close()
        }
    }

    @Test func `bodies are refused when they are too large, and before they come from strangers`() async throws {
        var settings = TestRouter.patient
        settings.mostBody = 1000
        try await Self.run(settings) { router async throws in
            let client = try await HTTP2Client.connect(port: router.port)
            let large = try await client.ask(key: router.key, body: String(repeating: " ", count: 60_000))
            #expect(large.status == 413)
            // Without an end: the answer does not wait for one.
            #expect(try await client.ask(key: "wrong", body: "{", ends: false).status == 401)
            #expect(try await client.ask(.POST, "/x", key: router.key, ends: false).status == 404)
            #expect(try await client.ask(key: router.key, body: Self.question).status == 200)
            await client.close()
        }
    }

    @Test func `a request that does not come to its end is answered 408, and others on the connection are not held up`()
        async throws
    {
        var settings = TestRouter.patient
        // Also for the handshake.
        settings.requestPatience = 2_000_000_000
        try await Self.run(settings) { router async throws in
            let client = try await HTTP2Client.connect(port: router.port)
            async let slow = client.ask(key: router.key, body: "{", ends: false)
            #expect(try await client.ask(key: router.key, body: Self.question).status == 200)
            #expect(try await slow.status == 408)
            await client.close()
        }
    }

    @Test func `connections that say nothing are let go: before the handshake, after it, and between requests`() async throws {
        var settings = TestRouter.patient
        // Time enough for the handshake and the request of the used one.
        settings.requestPatience = 2_000_000_000
        settings.idlePatience = 300_000_000
        try await Self.run(settings) { router async throws in
            let silent = try await RawClient.connect(port: router.port)
            let idle = try await HTTP2Client.connect(port: router.port)
            let used = try await HTTP2Client.connect(port: router.port)
            #expect(try await used.ask(key: router.key, body: Self.question).status == 200)
            try await eventually("all three are let go") { silent.isClosed && idle.isClosed && used.isClosed }
            try await eventually("none is counted any more") { await router.loops.connectionCount() == 0 }
        }
    }

    @Test func `every connection counts, whatever is spoken on it`() async throws {
        try await Self.run { router async throws in
            let handshake = try await RawClient.connect(port: router.port)
            let two = try await HTTP2Client.connect(port: router.port)
            #expect(try await two.ask(key: router.key, body: Self.question).status == 200)
            try await eventually("both are counted") { await router.loops.connectionCount() == 2 }
            await handshake.close()
            await two.close()
            try await eventually("none is counted any more") { await router.loops.connectionCount() == 0 }
        }
    }

    @Test func `connections over the limit are closed`() async throws {
        var settings = TestRouter.patient
        settings.mostConnections = 2
        try await Self.run(settings) { router async throws in
            var open: [HTTP2Client] = []
            try await eventually("one of them is closed") {
                open.append(try await HTTP2Client.connect(port: router.port))
                return open.contains(where: \.isClosed)
            }
            for client in open { await client.close() }
        }
    }

    @Test func `what is neither TLS nor HTTP/2 ends the connection and nothing else`() async throws {
        try await Self.run { router async throws in
            let plain = try await RawClient.connect(port: router.port)
            try await plain.send("POST /route HTTP/1.1\r\n\r\n")
            _ = try await plain.readToEnd()
            let tls = try HTTP2Client.context(["h2"])
            for bytes in ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + String(repeating: "\u{1}", count: 200)] {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                        }
                    }
                    .connect(host: "127.0.0.1", port: router.port).get()
                try await channel.writeAndFlush(ByteBuffer(string: bytes))
                try await channel.closeFuture.get()
            }
            let client = try await HTTP2Client.connect(port: router.port)
            #expect(try await client.ask(key: router.key, body: Self.question).status == 200)
            await client.close()
        }
    }

    @Test func `when the program ends, idle connections end, and a request under way is answered`() async throws {
        var clients: [HTTP2Client] = []
        try await Self.run { router async throws in
            let (idle, busy) = (
                try await HTTP2Client.connect(port: router.port), try await HTTP2Client.connect(port: router.port)
            )
            clients = [idle, busy]
            #expect(try await idle.ask(key: router.key, body: Self.question).status == 200)
            #expect(try await busy.ask(key: router.key, body: Self.question).status == 200)
        }
        try await eventually("they have ended") { clients.allSatisfy(\.isClosed) }
    }
}
