import Foundation
package import Logging
import NIOCore
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// The certificate that a server shows, from files that are looked at again: new ones count for new connections, at once and without a restart.
package final class TLSFiles: Service {
    private struct State {
        var context: NIOSSLContext
        var shown: NIOSSLContextConfigurationOverride
        var stamp: [Date]
    }

    private let certificate: String
    private let key: String
    private let protocols: [String]
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameter protocols: what is offered by ALPN, the best first.
    /// - Throws: what NIOSSL says of files it can't use.
    package init(certificate: String, key: String, protocols: [String] = ["h2", "http/1.1"], logger: Logger) throws {
        (self.certificate, self.key, self.protocols, self.logger) = (certificate, key, protocols, logger)
        state = Mutex(try Self.read(certificate, key, protocols))
    }

    /// For new connections, by a server that makes their handlers itself.
    package var context: NIOSSLContext { state.withLock { $0.context } }

    /// The same for a server that is told once: it asks with each handshake.
    package func configuration() throws -> TLSConfiguration {
        var configuration = try Self.configuration(certificate, key, protocols)
        configuration.sslContextCallback = { [self] _, promise in promise.succeed(state.withLock { $0.shown }) }
        return configuration
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                self.look()
            }
        }
    }

    /// Reads the files again if they changed. Files that can't be used, or don't belong together yet, leave the old certificate.
    private func look() {
        let stamp = Self.stamp([certificate, key])
        guard stamp != state.withLock({ $0.stamp }) else { return }
        do {
            let new = try Self.read(certificate, key, protocols)
            state.withLock { $0 = new }
            logger.info("A new certificate is shown from now on")
        } catch {
            logger.warning("The new certificate can't be used yet", metadata: ["error": "\(error)"])
        }
    }

    private static func read(_ certificate: String, _ key: String, _ protocols: [String]) throws -> State {
        let stamp = stamp([certificate, key])
        let configuration = try configuration(certificate, key, protocols)
        var shown = NIOSSLContextConfigurationOverride()
        shown.certificateChain = configuration.certificateChain
        shown.privateKey = configuration.privateKey
        return State(context: try NIOSSLContext(configuration: configuration), shown: shown, stamp: stamp)
    }

    private static func configuration(_ certificate: String, _ key: String, _ protocols: [String]) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        return configuration
    }

    private static func stamp(_ files: [String]) -> [Date] {
        files.map { (try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date) ?? .distantPast }
    }
}
