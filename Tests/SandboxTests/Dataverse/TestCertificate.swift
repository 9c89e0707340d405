import Crypto
import CryptoExtras
import Foundation
import JWTKit
import SwiftASN1
import X509

/// A self-signed certificate with its key, made for the test.
struct TestCertificate {
    let pem: String
    let der: [UInt8]
    let key: _RSA.Signing.PrivateKey

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let signer = Certificate.PrivateKey(key)
        let name = try DistinguishedName { CommonName("trunkline test") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey, notValidBefore: Date() - 3600,
            notValidAfter: Date() + 3600, issuer: name, subject: name, signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: Certificate.Extensions(), issuerPrivateKey: signer)
        pem = try certificate.serializeAsPEM().pemString
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        der = serializer.serializedBytes
    }

    var sha256Thumbprint: String { Self.base64URL(Data(SHA256.hash(data: der))) }
    var sha1Thumbprint: String { Self.base64URL(Data(Crypto.Insecure.SHA1.hash(data: der))) }

    /// A JWT with exactly this header and these claims, as JSON text.
    func sign(header: String, claims: String, pss: Bool) throws -> String {
        let message = Self.base64URL(Data(header.utf8)) + "." + Self.base64URL(Data(claims.utf8))
        let signature = try key.signature(for: Data(message.utf8), padding: pss ? .PSS : .insecurePKCS1v1_5)
        return message + "." + Self.base64URL(signature.rawRepresentation)
    }

    static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
