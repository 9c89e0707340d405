public import NIOSSL

/// A PEM file of certificates that could be read and parsed.
public struct CertificateFile: Sendable {
    public let path: String
    public let certificates: [NIOSSLCertificate]
}

/// A PEM file of a private key that could be read and parsed.
public struct PrivateKeyFile: Sendable {
    public let path: String
}

extension ValueForm where Value == CertificateFile {
    /// A PEM file with at least one certificate.
    public static var certificates: ValueForm {
        ValueForm(name: "PEM file of certificates") { (raw) throws(ValueProblem) in
            let path = try raw.path()
            let bytes = try FileText.bytes(path)
            guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
                throw ValueProblem(
                    "\(path) holds no readable certificate",
                    remedy: "give a PEM file that begins with -----BEGIN CERTIFICATE-----")
            }
            return CertificateFile(path: path, certificates: certificates)
        }
    }
}

extension ValueForm where Value == PrivateKeyFile {
    /// A PEM file with an unencrypted private key.
    public static var privateKey: ValueForm {
        ValueForm(name: "PEM file of a private key") { (raw) throws(ValueProblem) in
            let path = try raw.path()
            let bytes = try FileText.bytes(path)
            guard (try? NIOSSLPrivateKey(bytes: bytes, format: .pem)) != nil else {
                throw ValueProblem(
                    "\(path) holds no readable private key",
                    remedy: "give an unencrypted PEM file that begins with -----BEGIN PRIVATE KEY-----")
            }
            return PrivateKeyFile(path: path)
        }
    }
}
