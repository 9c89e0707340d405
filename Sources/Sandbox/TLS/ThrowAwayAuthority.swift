import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority for one run, and a server certificate it signed for loopback.
enum ThrowAwayAuthority {
    struct Files {
        var authority: String
        var certificate: String
        var key: String
    }

    /// Writes `ca.pem`, `server.pem` and `server.key` into the folder, which is made when it is missing.
    static func write(into folder: String, host: String) throws -> Files {
        let files = Files(
            authority: folder + "/ca.pem", certificate: folder + "/server.pem", key: folder + "/server.key")
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let authority = try self.authority(key: authorityKey)
            let serverKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let server = try self.server(key: serverKey, host: host, authority: authority, authorityKey: authorityKey)
            try authority.serializeAsPEM().pemString.write(toFile: files.authority, atomically: true, encoding: .utf8)
            try server.serializeAsPEM().pemString.write(toFile: files.certificate, atomically: true, encoding: .utf8)
            try serverKey.serializeAsPEM().pemString.write(toFile: files.key, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
        } catch {
            throw SandboxStartError("can't make certificates in \(folder): \(error)")
        }
        return files
    }

    private static func authority(key: Certificate.PrivateKey) throws -> Certificate {
        let name = try DistinguishedName { CommonName("Sandbox throw-away authority") }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: Date() - 86_400, notValidAfter: Date() + 30 * 86_400, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: key)
    }

    private static func server(
        key: Certificate.PrivateKey, host: String, authority: Certificate, authorityKey: Certificate.PrivateKey
    ) throws -> Certificate {
        var names: [GeneralName] = [
            .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
        ]
        let parts = host.split(separator: ".").compactMap { UInt8($0) }
        if parts.count == 4 {
            names.append(.ipAddress(ASN1OctetString(contentBytes: ArraySlice(parts))))
        } else if host != "localhost" {
            names.append(.dnsName(host))
        }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: Date() - 86_400, notValidAfter: Date() + 30 * 86_400, issuer: authority.subject,
            subject: try DistinguishedName { CommonName("Sandbox") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true, keyEncipherment: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: authorityKey)
    }
}
