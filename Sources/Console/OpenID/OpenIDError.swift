/// Why a sign-in at the identity provider did not work. The words are for the log and the page; no token or name is in them.
struct OpenIDError: Error, Sendable, CustomStringConvertible {
    enum Code: String, Sendable {
        /// The provider can't be reached, or answers what makes no sense.
        case provider
        /// The provider, or the person there, said no.
        case refused
        /// The token is not what it should be.
        case token
        /// The person has no role here.
        case role
        /// The way back does not belong to a way there.
        case challenge
        /// The operator is disabled here.
        case disabled
    }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
