import HTTPTypes
import Hummingbird

/// Cookies of the console: seen by nobody but the server they came from.
///
/// Under TLS their names begin with `__Host-`: browsers then take them only with `Secure`, without a domain and for all paths, so that no
/// neighbour can set or read them. Plain HTTP is for loopback alone and goes without.
enum SessionCookie {
    static let session = "trunkline-session"
    /// Before the sign-in: belongs to the form and to the way to the identity provider.
    static let visitor = "trunkline-visitor"
    /// What was done, for the next page.
    static let notice = "trunkline-notice"

    static func value(_ name: String, of request: Request, _ origin: RequestOrigin) -> String? {
        let wanted = fullName(name, origin)
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair -> String? in
            let halves = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return halves.count == 2 && halves[0] == wanted ? String(halves[1]) : nil
        }
        // Two of one name: somebody else set one of them.
        return values.count == 1 && !values[0].isEmpty ? values[0] : nil
    }

    /// - Parameter age: nil: until the browser closes; 0: takes the cookie away.
    static func header(_ name: String, _ value: String, _ origin: RequestOrigin, age: Int? = nil) -> String {
        let lifetime = age.map { "; Max-Age=\($0)" } ?? ""
        return "\(fullName(name, origin))=\(value); Path=/; HttpOnly; SameSite=Lax\(origin.isSecure ? "; Secure" : "")\(lifetime)"
    }

    private static func fullName(_ name: String, _ origin: RequestOrigin) -> String { origin.isSecure ? "__Host-\(name)" : name }
}
