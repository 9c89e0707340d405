public import FoundationEssentials
import NIOSSL
import Synchronization

/// When what the program shows, signs or signs in with runs out: certificates, and secrets whose end the configuration tells. Files are read
/// again at most once a minute, since they are replaced in place.
public final class CredentialFigures: Sendable {
    private struct State {
        /// Paths by name.
        var files: [String: String] = [:]
        var ends: [String: Date] = [:]
        var readAt: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    init() {}

    /// - Parameters:
    ///   - name: what the metric calls it, for example `tenant north: dynamics`.
    ///   - file: PEM; the first certificate in it counts.
    public func add(_ name: String, file: String) { state.withLock { $0.files[name] = file } }

    /// A credential that does not tell its end itself.
    public func add(_ name: String, end: Date) { state.withLock { $0.ends[name] = end } }

    func collect() {
        let (files, ends) = state.withLock { state -> ([String: String], [String: Date]) in
            if let readAt = state.readAt, .now - readAt < .seconds(60) { return ([:], [:]) }
            state.readAt = .now
            return (state.files, state.ends)
        }
        for (name, end) in ends { ProgramMetrics.certificate(name, until: end.timeIntervalSince1970) }
        for (name, file) in files {
            // One that can't be read is told by whoever uses it; the last known end stays.
            guard let certificate = try? NIOSSLCertificate.fromPEMFile(file).first else { continue }
            ProgramMetrics.certificate(name, until: Double(certificate.notValidAfter))
        }
    }
}
