import Foundation
import JWTKit

/// The provider's keys for RS256, and the check of a token's signature by them.
struct ProviderKeys: Sendable {
    private let keys: JWTKeyCollection
    private let ids: Set<String>

    /// Reads a JSON Web Key Set; keys of other kinds and uses are passed over.
    init(_ bytes: [UInt8]) async throws(OpenIDError) {
        guard let set = try? JSONDecoder().decode(KeySet.self, from: Data(bytes)) else {
            throw OpenIDError(.provider, "the provider's keys can't be read")
        }
        let keys = JWTKeyCollection()
        var ids: Set<String> = []
        for key in set.keys where key.kty == "RSA" && (key.use ?? "sig") == "sig" && (key.alg ?? "RS256") == "RS256" {
            guard let id = key.kid, let modulus = key.n, let exponent = key.e,
                let rsa = try? JWTKit.Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { continue }
            await keys.add(rsa: rsa, digestAlgorithm: .sha256, kid: JWKIdentifier(string: id))
            ids.insert(id)
        }
        (self.keys, self.ids) = (keys, ids)
    }

    func has(_ id: String) -> Bool { ids.contains(id) }

    /// The payload of a token whose signature is right.
    func payload(of token: String) async throws(OpenIDError) -> Data {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Tokens.bytes(String(parts[1])) else {
            throw OpenIDError(.token, "the identity token is none")
        }
        do {
            _ = try await keys.verify(token, as: AnyClaims.self)
        } catch {
            throw OpenIDError(.token, "the identity token's signature is wrong")
        }
        return Data(payload)
    }

    /// The key that a token says it is signed with; nil for anything but RS256.
    static func keyID(of token: String) -> String? {
        guard let head = token.split(separator: ".").first, let bytes = Tokens.bytes(String(head)),
            let header = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
            header["alg"] as? String == "RS256",
            header["crit"] == nil
        else { return nil }
        return header["kid"] as? String
    }

    private struct KeySet: Decodable {
        struct Key: Decodable {
            let kty: String
            let kid: String?
            let use: String?
            let alg: String?
            let n: String?
            let e: String?
        }

        let keys: [Key]
    }

    /// The claims are looked at apart.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }
}
