import struct Crypto.SHA256
import Foundation
import JWTKit
import NIOSSL

/// A signed statement of who the application is, in place of a secret.
///
/// The form is the one of "Microsoft identity platform application authentication certificate credentials": `PS256`, `x5t#S256`.
struct ClientAssertion {
    private let key: Insecure.RSA.PrivateKey
    private let thumbprint: String

    /// - Throws: ``DynamicsError`` with ``DynamicsError/Code/configuration`` when a file can't be read or does not hold what it should.
    init(certificateFile: String, keyFile: String) throws {
        let certificate = try Self.read(certificateFile, "the certificate")
        let keyText = try Self.read(keyFile, "the certificate's key")
        guard let der = try? NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem).toDERBytes(),
            let publicKey = try? Insecure.RSA.PublicKey(certificatePEM: certificate)
        else {
            throw DynamicsError(
                .configuration, "\(certificateFile) holds no readable PEM certificate with an RSA key.", file: certificateFile)
        }
        guard let key = try? Insecure.RSA.PrivateKey(pem: keyText) else {
            throw DynamicsError(
                .configuration, "\(keyFile) holds no readable RSA key of at least 2048 bits in PEM.", file: keyFile)
        }
        guard key.publicKey == publicKey else {
            throw DynamicsError(
                .configuration, "\(keyFile) is not the key of the certificate in \(certificateFile).", file: keyFile)
        }
        self.key = key
        thumbprint = Self.base64URL(SHA256.hash(data: der))
    }

    private struct Claims: JWTPayload {
        var aud: String
        var iss: String
        var sub: String
        var jti: String
        var nbf: Int
        var iat: Int
        var exp: Int

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    func token(clientID: String, endpoint: String, now: Date) async throws -> String {
        let seconds = Int(now.timeIntervalSince1970)
        let claims = Claims(
            aud: endpoint, iss: clientID, sub: clientID, jti: UUID().uuidString.lowercased(), nbf: seconds, iat: seconds,
            exp: seconds + 600)
        let keys = await JWTKeyCollection().add(pss: key, digestAlgorithm: .sha256)
        return try await keys.sign(claims, header: ["typ": "JWT", "x5t#S256": .string(thumbprint)] as JWTHeader)
    }

    static func read(_ path: String, _ what: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw DynamicsError(
                .configuration, "\(path) (\(what)) can't be read: does it exist, and may this program read it?", file: path)
        }
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
