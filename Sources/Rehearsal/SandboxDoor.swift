import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The sandbox's admin door: what happens there, what was asked and what was written.
struct SandboxDoor: Sendable {
    let base: String
    private let http: HTTPClient

    init(base: String, http: HTTPClient = .shared) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.http = http
    }

    /// - Throws: `RehearsalError` for any status but 2xx.
    func get<Answer: Decodable>(_ path: String, as type: Answer.Type = Answer.self) async throws -> Answer {
        try JSONDecoder().decode(type, from: try await send("GET", path, nil))
    }

    @discardableResult
    func post(_ path: String, _ body: some Encodable) async throws -> Data {
        try await send("POST", path, try JSONEncoder().encode(body))
    }

    func delete(_ path: String) async throws { _ = try await send("DELETE", path, nil) }

    func patch(_ path: String, _ body: some Encodable) async throws {
        _ = try await send("PATCH", path, try JSONEncoder().encode(body))
    }

    private func send(_ method: String, _ path: String, _ body: Data?) async throws -> Data {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await http.execute(request, timeout: .seconds(60))
        let answer = Data(try await response.body.collect(upTo: 256 << 20).readableBytesView)
        guard (200..<300).contains(Int(response.status.code)) else {
            throw RehearsalError(
                "\(method) \(path) of the sandbox answered \(response.status.code): \(String(decoding: answer.prefix(300), as: UTF8.self))"
            )
        }
        return answer
    }
}
