import Crypto
import CryptoExtras
import Foundation
import Synchronization

/// The keys that sign identity tokens: the newest signs, the one before it is still shown, so that tokens of a moment ago can be checked.
final class SigningKeys: Sendable {
    private struct Key: Sendable {
        let id: String
        let key: _RSA.Signing.PrivateKey
    }

    private let keys = Mutex<[Key]>([])

    /// Makes a new key that signs from now on.
    func rotate() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let primitives = try key.publicKey.getKeyPrimitives()
        let id = Base64URL.encode(Array(SHA256.hash(data: primitives.modulus).prefix(15)))
        keys.withLock { keys in keys = Array(([Key(id: id, key: key)] + keys).prefix(2)) }
    }

    /// The key set as it stands under `/discovery/v2.0/keys`.
    func published() throws -> JSON {
        let keys = try current()
        return [
            "keys": .array(
                try keys.map { key in
                    let primitives = try key.key.publicKey.getKeyPrimitives()
                    return [
                        "kty": "RSA", "use": "sig", "kid": .string(key.id),
                        "n": .string(Base64URL.encode(Array(primitives.modulus))),
                        "e": .string(Base64URL.encode(Array(primitives.publicExponent))),
                    ]
                })
        ]
    }

    /// A signed token with these claims.
    func token(_ claims: JSON) throws -> String {
        guard let key = try current().first else { throw NoKey() }
        let header: JSON = ["typ": "JWT", "alg": "RS256", "kid": .string(key.id)]
        let text = [header.encoded, claims.encoded].map { Base64URL.encode($0) }.joined(separator: ".")
        let signature = try key.key.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
        return "\(text).\(Base64URL.encode(Array(signature.rawRepresentation)))"
    }

    private func current() throws -> [Key] {
        if keys.withLock({ $0.isEmpty }) { try rotate() }
        return keys.withLock { $0 }
    }

    private struct NoKey: Error {}
}
