import Routing

/// An answer of HTTP, whatever version it goes out by.
struct Answer: Sendable, Equatable {
    var status: Int
    var contentType: String?
    var body: String
    /// Further fields, each a name in small letters and a value.
    var fields: [Field] = []
    /// The connection can't be used any more: where the next request begins is not known.
    var closes = false

    struct Field: Sendable, Equatable {
        var name: String
        var value: String
    }

    init(_ status: Int, contentType: String? = nil, body: String = "", fields: [Field] = [], closes: Bool = false) {
        (self.status, self.contentType, self.body, self.fields, self.closes) = (status, contentType, body, fields, closes)
    }

    init(_ decision: RouteDecision) {
        if let json = decision.json {
            self.init(200, contentType: "application/json", body: json)
        } else {
            self.init(204)
        }
    }

    /// A problem document (RFC 9457).
    static func problem(_ status: Int, _ detail: String, fields: [Field] = [], closes: Bool = false) -> Answer {
        let title = Self.title(status)
        let quoted = detail.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").map { $0.isNewline ? " " : $0 }
        return Answer(
            status, contentType: "application/problem+json",
            body:
                "{\"title\":\"\(title)\",\"status\":\(status),\"detail\":\"\(String(quoted.filter { ($0.asciiValue ?? 32) >= 32 }))\"}",
            fields: fields, closes: closes)
    }

    static func title(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }
}

extension RequestHead.Refusal {
    var answer: Answer {
        let detail =
            switch self {
            case .badRequest: "The request is not HTTP/1.1."
            case .contentTooLarge: "The body is larger than allowed."
            case .uriTooLong: "The path is longer than 2048 bytes."
            case .expectationFailed: "Only 100-continue can be expected."
            case .fieldsTooLarge: "The header is larger than \(RequestHead.most) bytes."
            case .notImplemented: "The only transfer coding understood is chunked."
            case .versionNotSupported: "Only HTTP/1.1 and, under TLS, HTTP/2 are spoken."
            }
        return .problem(rawValue, detail, closes: true)
    }
}
