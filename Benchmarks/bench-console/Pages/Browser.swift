import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks like a browser: keeps its connection and cookies, sends forms with the marks that browsers give them. Follows no redirect by itself.
final class Browser: Sendable {
    struct Answer: Sendable {
        let status: UInt
        let text: String
        /// From the question to the last byte.
        let milliseconds: Double

        /// The value of the first hidden field of that name.
        func hidden(_ name: String) -> String? {
            guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }

        /// Where a list goes on.
        var next: String? {
            guard let match = text.firstMatch(of: /<a href="([^"]+)" rel="next">/) else { return nil }
            return match.1.replacing("&amp;", with: "&").prefix { $0 != "#" }.description
        }
    }

    private static let largest = 64 << 20
    private static let patience = TimeAmount.seconds(60)
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    private let address: String
    private let jar = Mutex<[String: String]>([:])

    init(address: String) { self.address = address }

    func get(_ path: String) async throws -> Answer { try await answer(request(.GET, path)) }

    /// Sends a form as the page it stands on would.
    func post(_ path: String, _ fields: [(String, String)]) async throws -> Answer {
        var request = request(.POST, path)
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Origin", value: address)
        request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        request.body = .bytes(ByteBuffer(string: Address.query(fields)))
        return try await answer(request)
    }

    /// - Throws: `BenchError` when the console refuses.
    func signIn(_ name: String, _ password: String) async throws {
        let form = try await get("/sign-in")
        let answer = try await post(
            "/sign-in", [("token", form.hidden("token") ?? ""), ("name", name), ("password", password), ("to", "/")])
        guard answer.status == 303 else { throw BenchError("/sign-in answered \(answer.status)") }
    }

    /// Listens until the words come, then hangs up; how long that took.
    ///
    /// - Throws: `BenchError` for another answer than 200, and when the answer ends without them.
    func listen(_ path: String, for words: String) async throws -> Double {
        let start = ContinuousClock.now
        let response = try await Self.client.execute(request(.GET, path), timeout: Self.patience)
        guard response.status == .ok else { throw BenchError("\(path) answered \(response.status.code)") }
        var heard = ""
        for try await piece in response.body {
            heard += String(buffer: piece)
            if heard.contains(words) { return start.duration(to: .now) / .milliseconds(1) }
        }
        throw BenchError("\(path) ended without \(words)")
    }

    private func answer(_ request: HTTPClientRequest) async throws -> Answer {
        let start = ContinuousClock.now
        let response = try await Self.client.execute(request, timeout: Self.patience)
        let body = try await response.body.collect(upTo: Self.largest)
        let milliseconds = start.duration(to: .now) / .milliseconds(1)
        for cookie in response.headers["set-cookie"] { keep(cookie) }
        return Answer(status: response.status.code, text: String(buffer: body), milliseconds: milliseconds)
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        let cookies = jar.withLock { $0 }
        if !cookies.isEmpty {
            request.headers.add(name: "Cookie", value: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        }
        return request
    }

    private func keep(_ cookie: String) {
        let halves = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return }
        let isOver = cookie.contains("Max-Age=0")
        jar.withLock { $0[String(halves[0])] = isOver ? nil : String(halves[1]) }
    }
}
