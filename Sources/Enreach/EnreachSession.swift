import FoundationEssentials
import Logging
import NIOHTTP1
import Synchronization

/// Knows where the API is and what to show at its door, and finds out anew when either stops working.
final class EnreachSession: Sendable {
    private struct State {
        var address: String?
        var addressSince = ContinuousClock.now
        var authorization: String?
    }

    private let configuration: EnreachConfiguration
    private let transport: EnreachTransport
    private let decoder: AnswerDecoder
    private let logger: Logger
    private let state = Mutex(State())

    init(configuration: EnreachConfiguration, transport: EnreachTransport, decoder: AnswerDecoder, logger: Logger) {
        self.configuration = configuration
        self.transport = transport
        self.decoder = decoder
        self.logger = logger
    }

    /// GET under the API address. After a 401 once more with a credential read anew, and after a failed connection with the
    /// address asked for anew at the next call.
    func get<Answer: Sendable>(
        _ path: String, id: String = "", query: [(String, String)], read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        let (authorization, isFresh) = try await authorization()
        do {
            return try await send(path, id, query, authorization, read)
        } catch let error as EnreachError where error.code == .unauthorized && !isFresh {
            state.withLock { $0.authorization = nil }
            return try await send(path, id, query, try await self.authorization().text, read)
        } catch let error as EnreachError where error.code == .transient && error.status == nil {
            state.withLock { $0.address = nil }
            throw error
        }
    }

    /// A write under the API address; like ``get(_:id:query:read:)`` in all else. The caller sees to it that it may be repeated.
    func write<Answer: Sendable>(
        _ method: HTTPMethod, _ path: String, id: String, body: [UInt8],
        read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        let (authorization, isFresh) = try await authorization()
        do {
            return try await send(path, id, [], authorization, method: method, body: body, read)
        } catch let error as EnreachError where error.code == .unauthorized && !isFresh {
            state.withLock { $0.authorization = nil }
            return try await send(path, id, [], try await self.authorization().text, method: method, body: body, read)
        } catch let error as EnreachError where error.code == .transient && error.status == nil {
            state.withLock { $0.address = nil }
            throw error
        }
    }

    private func send<Answer: Sendable>(
        _ path: String, _ id: String, _ query: [(String, String)], _ authorization: String, method: HTTPMethod = .GET,
        body: [UInt8]? = nil, _ read: @Sendable ([UInt8]) throws(JSONSyntaxError) -> Answer
    ) async throws -> Answered<Answer> {
        let url = try await address() + "/" + path.replacing("{id}", with: id) + Self.encoded(query)
        return try await transport.send(
            EnreachRequest(method: method, url: url, route: Self.route(path), authorization: authorization, body: body),
            read: read)
    }

    /// The API's base address, without a slash at its end.
    func address() async throws -> String {
        switch configuration.address {
        case .api(let url): return try Self.checked(url, route: "the API")
        case .discovery(let url):
            let lifetime = configuration.discoveryLifetime
            if let known = state.withLock({ $0.addressSince.duration(to: .now) < lifetime ? $0.address : nil }) { return known }
            let address = try await discover(at: Self.checked(url, route: "the discovery service"))
            state.withLock {
                $0.address = address
                $0.addressSince = .now
            }
            return address
        }
    }

    private func discover(at discovery: String) async throws -> String {
        let path = configuration.requests[.discoveryPath]
        let url = discovery + "/" + path + Self.encoded([(configuration.requests[.user], configuration.username)])
        let decoder = decoder
        let request = EnreachRequest(url: url, route: path)
        let answer = try await transport.send(request) { (body) throws(JSONSyntaxError) in
            try decoder.list(DiscoveryAnswer.self, from: body)
        }
        guard let endpoint = answer.value.first?.apiEndpoint else {
            throw EnreachError(
                .configuration, route: request.label, message: "the discovery service does not know the configured user name")
        }
        let address = try Self.checked(endpoint, route: request.label)
        logger.debug("Enreach API address found", metadata: ["address": "\(address)"])
        return address
    }

    /// The address without a slash at its end, when a key may be sent there.
    private static func checked(_ address: String, route: String) throws -> String {
        guard EnreachConfiguration.isAcceptable(address) else {
            throw EnreachError(
                .configuration, route: route, message: "the address is neither https nor on this machine: no key is sent")
        }
        return withoutSlash(address)
    }

    /// The Authorization header, and whether it was made just now.
    private func authorization() async throws -> (text: String, isFresh: Bool) {
        if let known = state.withLock({ $0.authorization }) { return (known, false) }
        let key =
            switch try await configuration.credential() {
            case .secretKey(let key): key
            case .password(let password): try await secretKey(for: password)
            }
        let text = "Basic " + Data("\(configuration.username):\(key)".utf8).base64EncodedString()
        state.withLock { $0.authorization = text }
        return (text, true)
    }

    private func secretKey(for password: String) async throws -> String {
        let path = configuration.requests[.authenticationPath]
        let requests = configuration.requests
        let body = JSONText.object([(requests[.bodyUserName], configuration.username), (requests[.bodyPassword], password)])
        let username = Self.percentEncoded(configuration.username)
        let request = EnreachRequest(
            method: .POST, url: try await address() + "/" + path.replacing("{username}", with: username),
            route: Self.route(path), body: Array(body.utf8))
        let decoder = decoder
        let answer = try await transport.send(request) { (body) throws(JSONSyntaxError) in
            try decoder.object(AuthenticationAnswer.self, from: body)
        }
        guard let key = answer.value.secretKey else {
            throw EnreachError(.unauthorized, route: request.label, message: "the password was accepted, but no key came back")
        }
        return key
    }
}

extension EnreachSession {
    static func withoutSlash(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    static func route(_ path: String) -> String {
        path.split(separator: "/").filter { !$0.hasPrefix("{") }.joined(separator: "/")
    }

    static func encoded(_ query: [(String, String)]) -> String {
        query.isEmpty ? "" : "?" + query.map { "\(percentEncoded($0))=\(percentEncoded($1))" }.joined(separator: "&")
    }

    /// Everything but the unreserved characters of RFC 3986 as `%XX`.
    static func percentEncoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}

/// JSON written by hand, for the one small body the client sends.
enum JSONText {
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0)):\(string($1))" }.joined(separator: ",") + "}"
    }

    static func string(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20: out += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

private struct DiscoveryAnswer: AnswerElement {
    static let prefix = "discovery."
    var apiEndpoint: String?
    var unreadable: [AnswerField] = []
    var raw: [UInt8] = []

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        if field == .discoveryAPIEndpoint { apiEndpoint = try value.text() } else { try value.skip() }
    }
}

private struct AuthenticationAnswer: AnswerElement {
    static let prefix = "auth."
    var secretKey: String?
    var unreadable: [AnswerField] = []
    var raw: [UInt8] = []

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        if field == .authSecretKey { secretKey = try value.text() } else { try value.skip() }
    }
}
