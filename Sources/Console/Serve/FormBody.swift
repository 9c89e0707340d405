import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that was sent.
enum FormBody {
    /// - Throws: 413 for more than `largest` bytes, 415 for what is no form.
    static func read(_ request: Request, largest: Int) async throws -> Query {
        let type = request.headers[.contentType]?.prefix { $0 != ";" } ?? ""
        guard type == "application/x-www-form-urlencoded" else {
            throw ConsoleError(
                status: .unsupportedMediaType, title: "Not a form", text: "Only forms of the console are taken here.")
        }
        do {
            return Query(encoded: String(buffer: try await request.body.collect(upTo: largest)))
        } catch is NIOTooManyBytesError {
            throw ConsoleError.tooLarge
        }
    }
}

/// Refuses forms that another site sends in an operator's name.
enum FormGuard {
    /// - Throws: 403.
    static func check(_ request: Request, _ origin: RequestOrigin, _ fields: Query, token: String) throws(ConsoleError) {
        try check(request, origin)
        guard Tokens.isSame(fields.raw("token") ?? "", token) else { throw ConsoleError.staleForm }
    }

    /// What the browser itself says of where the form stood.
    static func check(_ request: Request, _ origin: RequestOrigin) throws(ConsoleError) {
        if let from = request.headers[.origin], RequestOrigin.origin(of: from) != RequestOrigin.origin(of: origin.origin) {
            throw ConsoleError.staleForm
        }
        if let site = request.headers[fetchSite], site != "same-origin", site != "none" { throw ConsoleError.staleForm }
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
