import Foundation

/// A request to the simulated Enreach Cloud, taken apart: tolerant of double slashes, trailing slashes and case.
struct EnreachRequest {
    var method: String
    /// Path segments, decoded; the API's own prefix is still in it.
    var segments: [String]
    /// Parameters by lower-cased name; the last one wins.
    var parameters: [String: String]
    var original: SandboxRequest

    init(_ request: SandboxRequest) {
        method = request.method
        original = request
        segments = request.path.split(separator: "/").map { Self.decode($0, plusIsSpace: false) }
        parameters = [:]
        for pair in request.query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(parts[0], plusIsSpace: true).lowercased()
            parameters[name] = parts.count > 1 ? Self.decode(parts[1], plusIsSpace: true) : ""
        }
    }

    /// Whether old clients' serializer was asked for: the header is missing.
    var timeForm: JSONBytes.TimeForm {
        original.headers["X-Json-Serializer"] == "2" ? .iso : .milliseconds
    }

    func time(_ name: String) throws(EnreachFailure) -> Date? {
        guard let text = parameters[name.lowercased()], !text.isEmpty else { return nil }
        guard let date = CivilTime.parse(text) else {
            throw EnreachFailure(400, "The value '\(text)' is not valid for \(name).")
        }
        return date
    }

    func guid(_ name: String) throws(EnreachFailure) -> UUID? {
        guard let text = parameters[name.lowercased()], !text.isEmpty else { return nil }
        guard let id = UUID(uuidString: text) else {
            throw EnreachFailure(400, "The value '\(text)' is not valid for \(name).")
        }
        return id
    }

    /// User name and password of a Basic header.
    var credentials: (user: String, secret: String)? {
        guard let header = original.headers["Authorization"] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(parts[1])),
            let colon = data.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return (
            String(decoding: data[..<colon], as: UTF8.self), String(decoding: data[data.index(after: colon)...], as: UTF8.self)
        )
    }

    /// The body's members by lower-cased name, text only. Empty when it is no JSON object.
    var bodyTexts: [String: String] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(original.body)) as? [String: Any] else { return [:] }
        return Dictionary(
            object.compactMap { name, value in (value as? String).map { (name.lowercased(), $0) } },
            uniquingKeysWith: { _, last in last })
    }

    static func decode(_ text: Substring, plusIsSpace: Bool) -> String {
        let spaced = plusIsSpace ? text.replacing("+", with: " ") : text
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}

/// An answer that is an error: a status and a message, as a JSON body.
struct EnreachFailure: Error {
    var status: Int
    var message: String
    var retryAfter: Int?

    init(_ status: Int, _ message: String, retryAfter: Int? = nil) {
        self.status = status
        self.message = message
        self.retryAfter = retryAfter
    }

    var response: SandboxResponse {
        var json = JSONBytes()
        json.object { json in
            json.key("Message")
            json.value(message)
        }
        var response = SandboxResponse(json: json, status: status)
        if let retryAfter { response.headers["Retry-After"] = String(retryAfter) }
        if status == 401 { response.headers["WWW-Authenticate"] = "Basic realm=\"EnreachAPI\"" }
        return response
    }
}

extension SandboxResponse {
    init(json: JSONBytes, status: Int = 200) {
        self.init(status: status, headers: ["Content-Type": "application/json; charset=utf-8"], body: json.bytes)
    }
}
