import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

/// A sandbox in this process, and an ordinary HTTP client to ask it.
struct SandboxUnderTest: Sendable {
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var json: Any? { try? JSONSerialization.jsonObject(with: Data(body)) }
        var object: [String: Any] { json as? [String: Any] ?? [:] }
        var array: [[String: Any]] { json as? [[String: Any]] ?? [] }
    }

    let server: SandboxServer
    let client: HTTPClient

    func get(_ url: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", url, headers: headers)
    }

    func send(_ method: String, _ url: String, headers: [String: String] = [:], body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await client.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 100 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            body: Array(bytes.readableBytesView))
    }

    /// Asks the Enreach API as the integration's user.
    func enreach(_ path: String, serializer: String? = "2") async throws -> Answer {
        var headers = ["Authorization": "Basic " + Data("integration@demo.example:demo-secret-key".utf8).base64EncodedString()]
        headers["X-Json-Serializer"] = serializer
        return try await get(server.addresses.enreach + path, headers: headers)
    }

    func admin(_ method: String, _ path: String, _ body: String? = nil) async throws -> Answer {
        try await send(method, server.addresses.admin + "/admin" + path, body: body)
    }
}

/// Runs a body against a sandbox of its own and stops it afterwards.
func withSandbox(
    _ change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (SandboxUnderTest) async throws -> Void
) async throws {
    var configuration = SandboxConfiguration()
    configuration.scenario = ScenarioRequest(.people)
    change(&configuration)
    let server = try await SandboxServer.start(configuration)
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let result: Result<Void, any Error>
    do {
        try await body(SandboxUnderTest(server: server, client: client))
        result = .success(())
    } catch {
        result = .failure(error)
    }
    try await client.shutdown()
    await server.stop()
    try result.get()
}

/// Waits until a condition holds; records an issue when it never does.
func eventually(_ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    do {
        try await eventually("it holds", condition)
    } catch is ConditionNeverHeld {
        Issue.record("waited in vain", sourceLocation: sourceLocation)
    }
}
