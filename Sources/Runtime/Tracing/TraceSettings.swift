/// Where traces go, and which.
struct TraceSettings: Sendable {
    var endpoint: String
    /// Names and values to send along, such as a key of the receiver's.
    var headers: [(name: String, value: String)]
    var ratio: Double

    init(endpoint: String, headers: [(name: String, value: String)] = [], ratio: Double = 1) {
        (self.endpoint, self.headers, self.ratio) = (endpoint, headers, ratio)
    }

    /// Nil: no traces are made.
    init?(_ configuration: ProgramConfiguration) throws(ConfigurationError) {
        guard let address = try configuration.optional(CommonKeys.tracesEndpoint) else { return nil }
        endpoint = Self.complete(address)
        ratio = try configuration.value(CommonKeys.tracesSample)
        headers = []
        guard let secret = try configuration.optional(CommonKeys.tracesHeaders) else { return }
        guard let read = Self.headers(secret.reveal()) else {
            throw configuration.error(
                CommonKeys.tracesHeaders, "has a line that is no header", remedy: "write one header a line: Name: value")
        }
        headers = read
    }

    /// An address without a path is the receiver's base, to which the protocol's own path is added.
    static func complete(_ address: String) -> String {
        guard let scheme = address.firstRange(of: "://") else { return address }
        return address[scheme.upperBound...].contains("/") ? address : address + "/v1/traces"
    }

    /// One header a line; nil when a line is none.
    static func headers(_ text: String) -> [(name: String, value: String)]? {
        var headers: [(String, String)] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].trimmed
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
            headers.append((String(name), String(line[line.index(after: colon)...].trimmed)))
        }
        return headers
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
