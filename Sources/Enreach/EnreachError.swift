/// Why a request to Enreach gave nothing usable.
///
/// `description` is safe for logs: it never holds a body, a phone number, a user name or a key. `debugDescription` also
/// shows the beginning of the answer.
public struct EnreachError: Error, Sendable {
    public struct Code: Sendable, Hashable {
        enum Name: String { case unauthorized, forbidden, throttled, transient, malformed, badRequest, notFound, configuration }
        let name: Name

        /// User name or key were refused (401), also after the credential was read again.
        public static let unauthorized = Code(name: .unauthorized)
        /// The API user may not do this (403).
        public static let forbidden = Code(name: .forbidden)
        /// Refused for pace (429) until the retries were used up; ``EnreachError/retryAfter`` says how long to stay away.
        public static let throttled = Code(name: .throttled)
        /// The connection or the server failed (transport, time-out, 5xx) until the retries were used up.
        public static let transient = Code(name: .transient)
        /// The answer was not what the API promises: cut off, not JSON, wrong shape. ``EnreachError/bodyStart`` shows it.
        public static let malformed = Code(name: .malformed)
        /// The API did not accept the request (400 and other 4xx).
        public static let badRequest = Code(name: .badRequest)
        /// There is no such thing (404).
        public static let notFound = Code(name: .notFound)
        /// Nothing was sent: the configuration can't work (user unknown to discovery, address that is no URL).
        public static let configuration = Code(name: .configuration)
    }

    public var code: Code
    /// Which request, as a route without ids and numbers, such as `GET calls`.
    public var route: String
    /// The HTTP status of the last answer; nil when there was none.
    public var status: Int?
    /// What happened, in an operator's words, without data.
    public var message: String
    /// How long the vendor asked to wait; nil when it did not say.
    public var retryAfter: Duration?
    /// The beginning of the last answer (at most 512 bytes, repaired to UTF-8). May hold personal data: not for logs.
    public var bodyStart: String?
    public var attempts: Int

    public init(
        _ code: Code, route: String, status: Int? = nil, message: String, retryAfter: Duration? = nil, bodyStart: String? = nil,
        attempts: Int = 1
    ) {
        self.code = code
        self.route = route
        self.status = status
        self.message = message
        self.retryAfter = retryAfter
        self.bodyStart = bodyStart
        self.attempts = attempts
    }

    /// True when the same request may succeed later without anybody changing anything.
    public var isTransient: Bool { code == .throttled || code == .transient || code == .malformed }
}

extension EnreachError.Code: CustomStringConvertible {
    public var description: String { name.rawValue }
}

extension EnreachError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        var text = "Enreach \(route): \(message)"
        if let status { text += " (status \(status))" }
        if attempts > 1 { text += ", after \(attempts) attempts" }
        return text
    }

    public var debugDescription: String {
        guard let bodyStart else { return description }
        return "\(description); the answer begins: \(bodyStart)"
    }
}

extension EnreachError {
    static let bodyStartLength = 512

    static func start(of body: [UInt8]) -> String {
        String(decoding: body.prefix(bodyStartLength), as: UTF8.self).replacing("\0", with: "\u{FFFD}")
    }
}
