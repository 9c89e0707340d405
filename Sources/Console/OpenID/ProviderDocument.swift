import Foundation

/// Where the provider's doors are: its discovery document (OpenID Connect Discovery 1.0).
struct ProviderDocument: Sendable, Decodable {
    let issuer: String
    let authorization: String
    let token: String
    let keys: String

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorization = "authorization_endpoint"
        case token = "token_endpoint"
        case keys = "jwks_uri"
    }

    /// - Throws: `OpenIDError` when it speaks for another issuer, or leads over open ways.
    static func read(_ bytes: [UInt8], issuer: String) throws(OpenIDError) -> ProviderDocument {
        guard let document = try? JSONDecoder().decode(ProviderDocument.self, from: Data(bytes)) else {
            throw OpenIDError(.provider, "the provider's discovery document can't be read")
        }
        guard document.issuer == issuer else {
            throw OpenIDError(
                .provider, "the provider calls itself \(document.issuer): that is what console.oidc.issuer has to be")
        }
        guard [document.authorization, document.token, document.keys].allSatisfy(OpenIDSettings.isPrivate) else {
            throw OpenIDError(.provider, "the provider's discovery document leads to addresses without TLS")
        }
        return document
    }
}
