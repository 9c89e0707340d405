import Crypto
package import FoundationEssentials

/// One of the hub's privacy keys: digests of erased numbers are made with it, and receipts signed.
///
/// It stands in the programs' configuration and never in the database. Without it nobody can try numbers against the digests: there are so
/// few phone numbers that a digest without a key would be no secret.
package struct PrivacyKey: Sendable {
    /// Tells which key made a digest or a signature, and nothing about the key. 16 hexadecimal digits.
    package let id: String
    private let digesting: SymmetricKey
    private let signing: Curve25519.Signing.PrivateKey

    /// Bytes of randomness a key has at least.
    package static let shortest = 32

    /// - Parameter secret: at least ``shortest`` random bytes. Nil: they are too few.
    package init?(_ secret: some ContiguousBytes & Collection) {
        guard secret.count >= Self.shortest else { return nil }
        let master = SymmetricKey(data: secret)
        // Uses that must not meet get keys of their own.
        func derived(_ purpose: String, _ bytes: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, info: Array("trunkline/privacy/\(purpose)".utf8), outputByteCount: bytes)
        }
        id = derived("id", 8).withUnsafeBytes { $0.hexadecimal }
        digesting = derived("digest", 32)
        let seed = derived("signature", 32).withUnsafeBytes { Data($0) }
        guard let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
        self.signing = signing
    }

    /// The digest of a form of a number (``NumberForms``) of a tenant: 32 bytes. Equal numbers of two tenants have different ones.
    package func digest(of form: String, tenant: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(tenant)/\(form)".utf8), using: digesting))
    }

    /// An Ed25519 signature.
    package func signature(of bytes: [UInt8]) throws -> [UInt8] { Array(try signing.signature(for: bytes)) }

    /// With this alone a signature can be verified. 32 bytes; it may be given to anybody.
    package var publicKey: [UInt8] { Array(signing.publicKey.rawRepresentation) }

    package static func isValid(_ signature: [UInt8], of bytes: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}

extension Sequence<UInt8> {
    package var hexadecimal: String {
        var text = ""
        for byte in self {
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }
}
