import NIOSSL
import Synchronization

/// The certificate authorities to trust: the system's, or those of one file, read once.
final class TrustRoots: Sendable {
    private let file: String?
    private let loaded = Mutex<TLSConfiguration?>(nil)

    init(file: String?) { self.file = file }

    /// nil means the HTTP client's own settings.
    /// - Throws: ``DynamicsError`` with ``DynamicsError/Code/configuration``.
    func configuration() throws -> TLSConfiguration? {
        guard let file else { return nil }
        return try loaded.withLock { loaded in
            if let loaded { return loaded }
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
                throw DynamicsError(
                    .configuration, "\(file) (certificate authorities) can't be read or holds no PEM certificate.")
            }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates(certificates)
            loaded = configuration
            return configuration
        }
    }
}
