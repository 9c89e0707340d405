/// What proves who the API user is.
public enum EnreachCredential: Sendable, Equatable, CustomStringConvertible {
    /// The per-user API key, sent with every request as the password of Basic authentication.
    case secretKey(String)
    /// The log-on password: exchanged for the API key at the first request and after a 401.
    case password(String)

    public var description: String {
        switch self {
        case .secretKey: "secret key"
        case .password: "password"
        }
    }
}
