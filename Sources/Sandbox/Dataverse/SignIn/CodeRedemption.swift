import Crypto
import Foundation

/// A code of the sign-in page becomes an identity token.
struct CodeRedemption {
    let dataverse: Dataverse
    let form: SignInForm
    let application: DataverseApplication
    /// The issuer's address, with the directory.
    let issuer: String

    func tokens() throws(SignInError) -> JSON {
        guard let code = form["code"] else { throw .missing("code") }
        guard let grant = dataverse.codes.take(code) else {
            throw dataverse.codes.isSpent(code) ? .codeSpent : .codeUnknown
        }
        guard grant.expires > dataverse.clock.elapsed else { throw .codeExpired }
        guard grant.clientID == application.clientID else { throw .codeUnknown }
        guard form["redirect_uri"] == grant.redirect else { throw .codeRedirect }
        if let challenge = grant.challenge {
            guard let verifier = form["code_verifier"] else { throw .missing("code_verifier") }
            guard Base64URL.encode(Array(SHA256.hash(data: Data(verifier.utf8)))) == challenge else { throw .codeVerifier }
        }
        let claims = claims(grant)
        guard let token = try? dataverse.keys.token(claims) else { throw .codeUnknown }
        return [
            "token_type": "Bearer", "scope": "openid profile email", "expires_in": 3600, "ext_expires_in": 3600,
            "access_token": .string(Base64URL.encode(Array(SHA256.hash(data: Data(code.utf8))))), "id_token": .string(token),
        ]
    }

    private func claims(_ grant: AuthorizationCodes.Grant) -> JSON {
        let now = Int64(Date().timeIntervalSince1970)
        let user = grant.user
        // The subject is another for each application.
        let subject = Base64URL.encode(Array(SHA256.hash(data: Data("\(user.id) \(application.clientID)".utf8))))
        var claims = JSONObject()
        let members: [(String, JSON?)] = [
            ("aud", .string(application.clientID)), ("iss", .string(issuer)), ("iat", .integer(now)), ("nbf", .integer(now)),
            ("exp", .integer(now + 3900)), ("name", .string(user.name)), ("nonce", grant.nonce.map { .string($0) }),
            ("oid", .string(user.id)), ("preferred_username", .string(user.userName)),
            ("roles", user.roles.isEmpty ? nil : .array(user.roles.map { .string($0) })), ("sub", .string(subject)),
            ("tid", .string(dataverse.configuration.directory)), ("ver", "2.0"),
        ]
        for (name, value) in members { if let value { claims[name] = value } }
        return .object(claims)
    }
}

extension SignInError {
    static let codeUnknown = SignInError(
        status: 400, error: "invalid_grant", code: 700_002,
        message: "The provided authorization code or refresh token is not valid.")
    static let codeSpent = SignInError(
        status: 400, error: "invalid_grant", code: 54_005,
        message:
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."
    )
    static let codeExpired = SignInError(
        status: 400, error: "invalid_grant", code: 70_008,
        message: "The provided authorization code or refresh token has expired due to inactivity.")
    static let codeRedirect = SignInError(
        status: 400, error: "invalid_client", code: 50_011,
        message: "The redirect URI specified in the request does not match the one that the code was issued for.")
    static let codeVerifier = SignInError(
        status: 400, error: "invalid_grant", code: 501_481,
        message: "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
}
