import NIOSSL
import Synchronization

/// When the certificates that the program shows or signs with run out. Files are read again at most once a minute, since they are replaced in place.
public final class CertificateFigures: Sendable {
    private struct State {
        /// Paths by name.
        var files: [String: String] = [:]
        var readAt: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    init() {}

    /// - Parameters:
    ///   - name: what the metric calls it, for example `tenant north: dynamics`.
    ///   - file: PEM; the first certificate in it counts.
    public func add(_ name: String, file: String) { state.withLock { $0.files[name] = file } }

    func collect() {
        let files = state.withLock { state -> [String: String] in
            if let readAt = state.readAt, .now - readAt < .seconds(60) { return [:] }
            state.readAt = .now
            return state.files
        }
        for (name, file) in files {
            // One that can't be read is told by whoever uses it; the last known end stays.
            guard let certificate = try? NIOSSLCertificate.fromPEMFile(file).first else { continue }
            ProgramMetrics.certificate(name, until: Double(certificate.notValidAfter))
        }
    }
}
