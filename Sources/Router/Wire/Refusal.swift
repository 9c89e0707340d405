/// Why a request is not answered: a status of HTTP, and no other is ever given for one. All of them say that the request is at fault.
enum Refusal: Int, Error, CaseIterable {
    case badRequest = 400
    case unauthorized = 401
    case notFound = 404
    case methodNotAllowed = 405
    case timeout = 408
    case contentTooLarge = 413
    case uriTooLong = 414
    case expectationFailed = 417
    case fieldsTooLarge = 431

    /// Its name in RFC 9110 and RFC 6585.
    var title: String {
        switch self {
        case .badRequest: "Bad Request"
        case .unauthorized: "Unauthorized"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .timeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .uriTooLong: "URI Too Long"
        case .expectationFailed: "Expectation Failed"
        case .fieldsTooLarge: "Request Header Fields Too Large"
        }
    }
}
