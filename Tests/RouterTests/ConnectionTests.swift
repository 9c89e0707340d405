import Foundation
import NIOCore
import Testing
import TestSupport

@testable import Router

/// How connections begin and end.
@Suite(.database) struct ConnectionTests {
    @Test func `connections over the limit are closed, and when one goes another one may come`() async throws {
        var settings = TestRouter.patient
        settings.mostConnections = 3
        try await TestRouter.run(settings: settings) { router async throws in
            var open: [RawClient] = []
            // Each event loop has a limit of its own: connect until all are full.
            try await eventually("a connection is closed") {
                let client = try await RawClient.connect(port: router.port)
                open.append(client)
                try await eventually("the router knows it") {
                    let count = await router.loops.connectionCount()
                    return client.isClosed || count == open.count { !$0.isClosed }
                }
                return client.isClosed
            }
            #expect(open.count { !$0.isClosed } >= 3)
            for client in open { await client.close() }
            try await eventually("another one is answered") {
                (try? await router.ask("+358401234567"))?.status == 204
            }
        }
    }

    @Test func `answers that are not taken hold up what asks for them, and nothing is lost`() async throws {
        try await TestRouter.run { router async throws in
            let client = try await RawClient.connect(port: router.port, reads: false)
            let count = 4000
            let requests = String(repeating: "GET /openapi.json HTTP/1.1\r\n\r\n", count: count - 1)
            try await client.send(requests + "GET /openapi.json HTTP/1.1\r\nConnection: close\r\n\r\n")
            // More than the router and the kernel take for somebody who does not read.
            #expect(count * OpenAPI.document.utf8.count > 10_000_000)
            #expect(try await router.ask("+358401234567").status == 204)
            try await client.read()
            let answers = TestRouter.answers(try await client.readToEnd())
            #expect(answers.count == count && answers.allSatisfy { $0.status == 200 })
        }
    }

    @Test func `who takes no answers for too long is let go`() async throws {
        var settings = TestRouter.patient
        // Time enough to be seen.
        settings.requestPatience = 2_000_000_000
        try await TestRouter.run(settings: settings) { router async throws in
            let client = try await RawClient.connect(port: router.port, reads: false)
            Task { try? await client.send(String(repeating: "GET /openapi.json HTTP/1.1\r\n\r\n", count: 20_000)) }
            try await eventually("it is known") { await router.loops.connectionCount() == 1 }
            try await eventually("it is let go") { await router.loops.connectionCount() == 0 }
            await client.close()
        }
    }

    @Test func `a refusal arrives though the sender goes on sending`() async throws {
        try await TestRouter.run { router async throws in
            let client = try await RawClient.connect(port: router.port)
            try await client.send("POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nContent-Length: 900000\r\n\r\n")
            Task { for _ in 0..<50 { try? await client.send(String(repeating: "x", count: 10_000)) } }
            #expect(TestRouter.answers(try await client.readToEnd()).map(\.status) == [413])
        }
    }

    @Test func `when the program ends a request under way is answered, and idle connections end`() async throws {
        var clients: [RawClient] = []
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let idle = try await RawClient.connect(port: router.port)
            let busy = try await RawClient.connect(port: router.port)
            clients = [idle, busy]
            let body = #"{"anum":"+358401234567","bnum":"+35893100500"}"#
            try await busy.send(
                "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nContent-Length: \(body.utf8.count)\r\n\r\n{")
            try await eventually("both are known") { await router.loops.connectionCount() == 2 }
            Task {
                // The rest comes while the program ends.
                try? await eventually("the idle one has ended") { idle.isClosed }
                try? await busy.send(String(body.dropFirst()))
            }
        }
        #expect(TestRouter.answers(clients[1].received).map(\.target) == ["+358931001"])
        #expect(clients.allSatisfy { $0.isClosed })
    }
}
