public import FoundationEssentials
import NIOSSL

/// When a certificate runs out.
public enum CertificateEnd {
    /// Of the first certificate in a PEM file; nil when there is none that can be read.
    public static func of(file: String) -> Date? {
        guard let certificate = try? NIOSSLCertificate.fromPEMFile(file).first else { return nil }
        return Date(timeIntervalSince1970: Double(certificate.notValidAfter))
    }
}
