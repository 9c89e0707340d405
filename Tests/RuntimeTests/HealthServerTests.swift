import AsyncHTTPClient
import CoreMetrics
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite("Health, from outside")
struct HealthServerTests {
    let readiness = Readiness()
    let registry = PrometheusRegistry()

    func served(
        _ bounds: ConnectionBounds = ConnectionBounds(), routes: @escaping @Sendable (Router<WebContext>) -> Void = { _ in },
        _ use: (String) async throws -> Void
    ) async throws {
        let identity = InstanceIdentity(program: "test", version: "1", host: "h", pid: 1, started: 36)
        let server = HealthServer(
            identity: identity, readiness: readiness, metrics: registry, host: "127.0.0.1", port: 0, bounds: bounds,
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
        server.addRoutes { router in
            router.post("webhooks/:tenant") { _, context in "hook of \(context.parameters.get("tenant") ?? "")" }
        }
        server.addRoutes(routes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await eventually("the server listens") { server.port != nil }
            try await use("http://127.0.0.1:\(server.port ?? 0)")
            group.cancelAll()
        }
    }

    func get(_ url: String, _ method: HTTPMethod = .GET) async throws -> (status: UInt, body: String, type: String?) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return (
            response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)),
            response.headers.first(name: "content-type")
        )
    }

    @Test("Live answers at once, ready only when every check is, with reasons")
    func ready() async throws {
        try await served { url in
            #expect(
                try await get(url + "/health/live").body
                    == "{\"status\":\"live\",\"program\":\"test\",\"version\":\"1\",\"instance\":\"test@h/1/10\"}\n")
            #expect(try await get(url + "/health/ready").status == 503)
            readiness.set("database", .unready, "no \"answer\"\nyet")
            let waiting = try await get(url + "/health/ready")
            #expect(waiting.status == 503 && waiting.body.contains(#""name":"database","state":"unready""#))
            #expect(waiting.body.contains(#""text":"no \"answer\" yet""#))
            readiness.set("database", .ready)
            readiness.set("tenant demo", .degraded, "the secret was refused")
            let degraded = try await get(url + "/health/ready")
            #expect(
                degraded.status == 200 && degraded.body.contains(#"{"status":"degraded""#)
                    && degraded.body.contains("the secret was refused"))
            readiness.remove("tenant demo")
            let ready = try await get(url + "/health/ready")
            #expect(ready.status == 200 && ready.type == "application/json")
            #expect(try JSONSerialization.jsonObject(with: Data(ready.body.utf8)) is [String: Any])
        }
    }

    @Test("Metrics and added routes are served on the same port")
    func others() async throws {
        try await served { url in
            registry.makeCounter(label: "x", dimensions: []).increment(by: 1)
            let metrics = try await get(url + "/metrics")
            #expect(metrics.body.contains("x_total 1") && metrics.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try await get(url + "/webhooks/demo", .POST).body == "hook of demo")
            #expect(try await get(url + "/nothing").status == 404)
        }
    }

    private static let question = Array("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    private func ask(_ socket: RawSocket) async throws {
        _ = socket.send(Self.question)
        try await eventually("it is answered") { socket.received().contains("\"live\"") }
    }

    @Test func `no more connections are open than may be, and who waits is served when one ends`() async throws {
        try await served(ConnectionBounds(most: 1)) { url in
            let port = try #require(URL(string: url)?.port)
            var first: RawSocket? = try RawSocket(port: port)
            try await ask(first!)
            let second = try RawSocket(port: port)
            _ = second.send(Self.question)
            for _ in 0..<50 { try await ask(first!) }
            #expect(second.received().isEmpty)
            first = nil
            try await eventually("the other is served") { second.received().contains("\"live\"") }
        }
    }

    @Test func `a client that does not read its answer is left`() async throws {
        let isOver = Mutex(false)
        try await served(ConnectionBounds(unread: .milliseconds(50))) { router in
            router.get("endless") { _, _ in
                Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        defer { isOver.withLock { $0 = true } }
                        while true { try await writer.write(ByteBuffer(repeating: 0x78, count: 65_536)) }
                    })
            }
        } _: { url in
            let socket = try RawSocket(port: try #require(URL(string: url)?.port))
            _ = socket.send(Array("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            try await eventually("the answer is given up") { isOver.withLock { $0 } }
            try await eventually("the connection is closed") { socket.isEnded }
        }
    }

    @Test("A check keeps the time at which it came into its state")
    func since() async throws {
        readiness.set("a", .unready, "one")
        let first = try #require(readiness["a"])
        try await Task.sleep(for: .milliseconds(3))
        readiness.set("a", .unready, "two")
        #expect(readiness["a"]?.since == first.since && readiness["a"]?.text == "two")
        readiness.set("a", .ready)
        #expect(readiness["a"]?.since != first.since)
    }
}
