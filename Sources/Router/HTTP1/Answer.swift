/// An answer of HTTP, whatever version it goes out by: 200, 204 or a refusal.
struct Answer: Sendable, Equatable {
    let status: Int
    /// The status in words.
    let title: String
    let contentType: String?
    let body: String
    /// Further fields, each a name in small letters and a value.
    let fields: [Field]
    /// The connection can't be used any more: where the next request begins is not known.
    let closes: Bool

    struct Field: Sendable, Equatable {
        var name: String
        var value: String
    }

    private init(
        _ status: Int, _ title: String, contentType: String? = nil, body: String = "", fields: [Field] = [], closes: Bool = false
    ) {
        (self.status, self.title, self.contentType, self.body) = (status, title, contentType, body)
        (self.fields, self.closes) = (fields, closes)
    }

    /// Every status there is.
    static let statuses = [200, 204] + Refusal.allCases.map(\.rawValue)

    static func json(_ body: String) -> Answer { Answer(200, "OK", contentType: "application/json", body: body) }
    static let nothing = Answer(204, "No Content")

    /// A problem document (RFC 9457).
    static func problem(_ refusal: Refusal, _ detail: String, fields: [Field] = [], closes: Bool = false) -> Answer {
        let quoted = detail.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").map { $0.isNewline ? " " : $0 }
        return Answer(
            refusal.rawValue, refusal.title, contentType: "application/problem+json",
            body:
                "{\"title\":\"\(refusal.title)\",\"status\":\(refusal.rawValue),\"detail\":\"\(String(quoted.filter { ($0.asciiValue ?? 32) >= 32 }))\"}",
            fields: fields, closes: closes)
    }

    /// The same, as the last one on its connection.
    var asLast: Answer {
        Answer(status, title, contentType: contentType, body: body, fields: fields, closes: true)
    }
}

extension Refusal {
    /// Of a request that could not be read to its end.
    var answer: Answer {
        let detail =
            switch self {
            case .badRequest: "The request is not HTTP/1.1 with a length or in pieces."
            case .unauthorized: "The key is missing, wrong, or not for this address."
            case .notFound: "There is nothing here; questions go to /route."
            case .methodNotAllowed: "The method is not allowed here."
            case .timeout: "The request did not come to its end in time."
            case .contentTooLarge: "The body is larger than allowed."
            case .uriTooLong: "The path is longer than 2048 bytes."
            case .expectationFailed: "Only 100-continue can be expected."
            case .fieldsTooLarge: "The header is larger than \(RequestHead.most) bytes."
            }
        return .problem(self, detail, closes: true)
    }
}
