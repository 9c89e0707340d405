import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// What the ports need to speak TLS.
struct TLSMaterial {
    var context: NIOSSLContext
    /// Where the certificate authority was written, when it was made here.
    var authorityFile: String?

    /// nil when TLS is off. Throws `SandboxStartError` in words when a file can't be used.
    static func prepare(_ tls: SandboxTLS, host: String) throws -> TLSMaterial? {
        switch tls {
        case .none: return nil
        case .files(let certificate, let key):
            return TLSMaterial(context: try context(certificate: certificate, key: key))
        case .selfSigned(let folder):
            let files = try ThrowAwayAuthority.write(into: folder, host: host)
            return TLSMaterial(
                context: try context(certificate: files.certificate, key: files.key), authorityFile: files.authority)
        }
    }

    private static func context(certificate: String, key: String) throws -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw SandboxStartError("can't read the certificate \(certificate): \(error)")
        }
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw SandboxStartError("can't read the key \(key): \(error)")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw SandboxStartError("the certificate \(certificate) and the key \(key) don't go together: \(error)")
        }
    }
}

/// Why a sandbox could not start, in words.
public struct SandboxStartError: Error, CustomStringConvertible {
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
