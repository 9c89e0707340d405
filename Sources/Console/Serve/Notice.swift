import Foundation
import Hummingbird

/// What was done, said once on the next page. It travels in a cookie that only the session's key can sign.
enum Notice {
    static func header(_ text: String, _ request: ConsoleRequest) -> String {
        let encoded = Tokens.text(Array(text.utf8.prefix(1500)))
        let value = "\(encoded).\(Tokens.signature(encoded, key: Array(request.who.formToken.utf8)))"
        return SessionCookie.header(SessionCookie.notice, value, request.origin, age: 60)
    }

    static func read(_ request: Request, _ asked: ConsoleRequest) -> String? {
        guard let value = SessionCookie.value(SessionCookie.notice, of: request, asked.origin) else { return nil }
        let halves = value.split(separator: ".")
        guard halves.count == 2,
            Tokens.isSame(String(halves[1]), Tokens.signature(String(halves[0]), key: Array(asked.who.formToken.utf8)))
        else { return nil }
        return Tokens.bytes(String(halves[0])).map { String(decoding: $0, as: UTF8.self) }
    }
}
