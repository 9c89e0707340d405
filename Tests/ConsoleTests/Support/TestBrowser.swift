import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks like a browser: keeps cookies, sends forms with the marks that browsers give them. Follows no redirect by itself.
final class TestBrowser: Sendable {
    struct Answer: Sendable, CustomStringConvertible {
        let status: UInt
        let headers: HTTPHeaders
        let text: String

        /// What a failed expectation shows: the page itself without its frame.
        var description: String {
            let main = text.range(of: "<main").map { text[$0.lowerBound...] } ?? text[...]
            return "\(status) \(main.replacing("\n", with: " ").prefix(4000))"
        }

        func header(_ name: String) -> String? { headers.first(name: name) }
        var setCookies: [String] { headers["set-cookie"] }
        var location: String? { header("location") }
        func contains(_ words: String) -> Bool { text.contains(words) }

        /// The value of the first hidden field of that name.
        func hidden(_ name: String) -> String? {
            guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    let address: String
    private let jar = Mutex<[String: String]>([:])

    init(address: String) { self.address = address }

    var cookies: [String: String] { jar.withLock { $0 } }
    func set(cookie name: String, _ value: String?) { jar.withLock { $0[name] = value } }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> Answer {
        try await send(.GET, path, headers, body: nil)
    }

    /// Sends a form as the page it stands on would.
    func post(_ path: String, _ fields: [(String, String)], headers: [(String, String)]? = nil) async throws -> Answer {
        let body = fields.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        let marks = headers ?? [("Origin", address), ("Sec-Fetch-Site", "same-origin")]
        return try await send(.POST, path, [("Content-Type", "application/x-www-form-urlencoded")] + marks, body: body)
    }

    func signIn(_ name: String, _ password: String, to: String = "/") async throws -> Answer {
        let form = try await get("/sign-in")
        return try await post(
            "/sign-in", [("token", form.hidden("token") ?? ""), ("name", name), ("password", password), ("to", to)])
    }

    /// The token that forms of this session carry.
    func formToken() async throws -> String { try await get("/account").hidden("token") ?? "" }

    /// Goes through an action: looks at what it would do, then confirms that with a reason.
    ///
    /// - Parameter change: what to send otherwise than the page has it.
    func act(_ path: String, reason: String = "because of a test", change: [(String, String)] = []) async throws -> (
        preview: Answer, done: Answer
    ) {
        let preview = try await get(path)
        var fields = preview.text.split(separator: "<input type=\"hidden\" name=\"").dropFirst().compactMap {
            piece -> (String, String)? in
            let name = piece.prefix { $0 != "\"" }
            guard let value = piece.range(of: "value=\"") else { return nil }
            return (String(name), Self.unescaped(piece[value.upperBound...].prefix { $0 != "\"" }))
        }
        // The frame's own forms stand before it.
        if let start = fields.lastIndex(where: { $0.0 == "token" }) { fields = Array(fields[start...]) }
        fields.append(("reason", reason))
        fields = fields.map { field in change.first { $0.0 == field.0 } ?? field }
        fields += change.filter { extra in !fields.contains { $0.0 == extra.0 } }
        return (preview, try await post(String(path.prefix { $0 != "?" }), fields))
    }

    private func send(_ method: HTTPMethod, _ path: String, _ headers: [(String, String)], body: String?) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        let cookies = cookies
        if !cookies.isEmpty {
            request.headers.add(name: "Cookie", value: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(60))
        for cookie in response.headers["set-cookie"] { keep(cookie) }
        let text = String(buffer: try await response.body.collect(upTo: 16 << 20))
        return Answer(status: response.status.code, headers: response.headers, text: text)
    }

    private func keep(_ cookie: String) {
        let halves = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return }
        let isOver = cookie.contains("Max-Age=0")
        jar.withLock { $0[String(halves[0])] = isOver ? nil : String(halves[1]) }
    }

    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static func unescaped(_ text: some StringProtocol) -> String {
        String(text).replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("&#96;", with: "`").replacing("&amp;", with: "&")
    }
}
