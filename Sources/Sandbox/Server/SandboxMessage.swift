/// One HTTP request as the simulated vendors see it: no server framework, no stream.
public struct SandboxRequest: Sendable {
    /// Upper case, `GET`.
    public var method: String
    /// The whole path as sent: percent-encoded, with a leading slash, without the query.
    public var path: String
    /// The raw query without its question mark; empty when there was none.
    public var query: String
    public var headers: SandboxHeaders
    public var body: [UInt8]
    /// Scheme, host and port under which the client called, `https://localhost:8443`: the root of absolute links.
    public var origin: String
    /// The client's address, for the record of requests.
    public var remote: String

    public init(
        method: String, path: String, query: String = "", headers: SandboxHeaders = [:], body: [UInt8] = [],
        origin: String = "http://127.0.0.1", remote: String = "127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.origin = origin
        self.remote = remote
    }
}

/// What a simulated vendor answers.
public struct SandboxResponse: Sendable {
    public var status: Int
    public var headers: SandboxHeaders
    public var body: [UInt8]
    /// The server closes the connection instead of sending this: the answer is lost, what was committed stays committed.
    public var cutConnection: Bool

    public init(status: Int, headers: SandboxHeaders = [:], body: [UInt8] = [], cutConnection: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.cutConnection = cutConnection
    }
}

/// Header fields in the order they came, found by name without regard to case.
public struct SandboxHeaders: Sendable, ExpressibleByDictionaryLiteral {
    public var fields: [(name: String, value: String)]

    public init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of a field. Setting replaces every field of that name; setting nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.same($0.name, name) }?.value }
        set {
            fields.removeAll { Self.same($0.name, name) }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    /// Every value of a field, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { Self.same($0.name, name) }.map(\.value)
    }

    public mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        let a = a.utf8
        let b = b.utf8
        guard a.count == b.count else { return false }
        return zip(a, b).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 65 && byte <= 90 ? byte | 0x20 : byte
    }
}
