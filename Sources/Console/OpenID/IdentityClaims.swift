import Foundation

/// What an identity token says, and whether it may be believed. The signature is somebody else's affair.
struct IdentityClaims: Sendable {
    let subject: String
    let name: String
    let roles: [String]

    /// Clocks may differ by this much.
    static let tolerance = 120.0

    /// - Parameter payload: the token's middle part.
    /// - Throws: `OpenIDError` for a token of another issuer, for somebody else, of another time or for another sign-in.
    init(_ payload: Data, settings: OpenIDSettings, nonce: String, now: Date) throws(OpenIDError) {
        guard let claims = (try? JSONSerialization.jsonObject(with: payload)) as? [String: Any] else {
            throw OpenIDError(.token, "the identity token can't be read")
        }
        try Self.check(claims, settings, nonce, now.timeIntervalSince1970)
        guard let subject = claims["sub"] as? String, !subject.isEmpty else {
            throw OpenIDError(.token, "the identity token has no subject")
        }
        self.subject = subject
        let names = ["preferred_username", "email", "name"].compactMap {
            (claims[$0] as? String)?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        name = String((names.first { !$0.isEmpty } ?? subject).filter { !$0.isNewline }.prefix(150))
        roles = (claims[settings.rolesClaim] as? [String]) ?? (claims[settings.rolesClaim] as? String).map { [$0] } ?? []
    }

    private static func check(
        _ claims: [String: Any], _ settings: OpenIDSettings, _ nonce: String, _ now: Double
    ) throws(OpenIDError) {
        guard claims["iss"] as? String == settings.issuer else {
            throw OpenIDError(.token, "the identity token is of another issuer")
        }
        let audience = (claims["aud"] as? [String]) ?? (claims["aud"] as? String).map { [$0] } ?? []
        guard audience.contains(settings.clientID) else { throw OpenIDError(.token, "the identity token is for somebody else") }
        if audience.count > 1 || claims["azp"] != nil {
            guard claims["azp"] as? String == settings.clientID else {
                throw OpenIDError(.token, "the identity token was given to somebody else")
            }
        }
        guard let end = (claims["exp"] as? NSNumber)?.doubleValue, end + tolerance > now else {
            throw OpenIDError(.token, "the identity token has expired")
        }
        guard let made = (claims["iat"] as? NSNumber)?.doubleValue, made - tolerance <= now else {
            throw OpenIDError(.token, "the identity token is from the future")
        }
        if let start = (claims["nbf"] as? NSNumber)?.doubleValue, start - tolerance > now {
            throw OpenIDError(.token, "the identity token is not valid yet")
        }
        guard let told = claims["nonce"] as? String, Tokens.isSame(told, nonce) else {
            throw OpenIDError(.token, "the identity token is for another sign-in")
        }
    }
}
