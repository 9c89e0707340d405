import Crypto
import Foundation
import JWTKit
import SwiftASN1
import X509

/// A client's signed statement in the place of a secret: PS256 or RS256 under a certificate of the application, named by its
/// thumbprint. Tolerant where sign-in libraries differ: padded thumbprints, fractional times, no `nbf`.
struct ClientAssertion {
    let application: DataverseApplication
    /// What `aud` may say.
    let audiences: [String]
    /// Seconds since 1970, by the real clock: that is the one clients sign with.
    var now = Date().timeIntervalSince1970

    /// Clocks may differ by this much.
    static let tolerance = 300.0

    private struct Ignored: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    func verify(_ assertion: String) async throws(SignInError) {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = json(parts[0]), let claims = json(parts[1]) else {
            throw .assertion("The assertion is no JWT.")
        }
        let certificate = try certificate(named: header)
        try await verifySignature(assertion, algorithm: header["alg"]?.string ?? "", certificate)
        try check(claims)
    }

    private func json(_ part: Substring) -> JSON? {
        guard let bytes = Base64URL.decode(part), let json = try? JSON(parsing: bytes), json.object != nil else { return nil }
        return json
    }

    /// The PEM text of the registered certificate the header names.
    private func certificate(named header: JSON) throws(SignInError) -> String {
        func plain(_ name: String) -> String? { header[name]?.string.map { String($0.filter { $0 != "=" }) } }
        let (sha256, sha1) = (plain("x5t#S256"), plain("x5t"))
        guard sha256 != nil || sha1 != nil else { throw .assertion("The header names no certificate.") }
        for pem in application.certificates {
            guard let der = ClientAssertion.der(of: pem) else { continue }
            if let sha256, sha256 == Base64URL.encode(Array(SHA256.hash(data: der))) { return pem }
            if let sha1, sha1 == Base64URL.encode(Array(Insecure.SHA1.hash(data: der))) { return pem }
            // The older field holds hexadecimal digits in some libraries.
            if let sha1, sha1.lowercased() == Insecure.SHA1.hash(data: der).map({ hex($0) }).joined() { return pem }
        }
        throw .assertion("The key was not found., Thumbprint of key used by client: '\(sha256 ?? sha1 ?? "")'")
    }

    private func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func der(of pem: String) -> [UInt8]? {
        guard let certificate = try? Certificate(pemEncoded: pem) else { return nil }
        var serializer = DER.Serializer()
        guard (try? serializer.serialize(certificate)) != nil else { return nil }
        return serializer.serializedBytes
    }

    private func verifySignature(_ assertion: String, algorithm: String, _ pem: String) async throws(SignInError) {
        do {
            let key = try JWTKit.Insecure.RSA.PublicKey(certificatePEM: pem)
            let keys = JWTKeyCollection()
            switch algorithm {
            case "PS256": await keys.add(pss: key, digestAlgorithm: .sha256)
            case "RS256": await keys.add(rsa: key, digestAlgorithm: .sha256)
            default: throw SignInError.assertion("The algorithm '\(algorithm)' is not supported.")
            }
            _ = try await keys.verify(assertion, as: Ignored.self)
        } catch let error as SignInError {
            throw error
        } catch {
            throw .assertion("The key was found, but use of the key to verify the signature failed.")
        }
    }

    private func check(_ claims: JSON) throws(SignInError) {
        let audience = claims["aud"]?.string ?? ""
        guard audiences.contains(audience) else { throw .assertionAudience(audience) }
        let id = application.clientID.lowercased()
        guard claims["iss"]?.string?.lowercased() == id, claims["sub"]?.string?.lowercased() == id else {
            throw .assertion("Issuer and subject must be the application.")
        }
        guard claims["jti"]?.string?.isEmpty == false else { throw .assertion("The assertion has no id.") }
        guard let expires = claims["exp"]?.number else { throw .assertionTime("It has no end.") }
        if expires + Self.tolerance < now { throw .assertionTime("It has expired.") }
        if let start = claims["nbf"]?.number, start - Self.tolerance > now { throw .assertionTime("It is not valid yet.") }
        if let issued = claims["iat"]?.number, issued - Self.tolerance > now {
            throw .assertionTime("It was issued in the future.")
        }
    }
}
