import Foundation
import Logging
import NIOSSL
import ServiceLifecycle
import Synchronization

/// The certificate the router shows, from files that are looked at again: new ones count for new connections, at once and without a restart.
final class TLSFiles: Service {
    private let certificate: String
    private let key: String
    private let logger: Logger
    private let state: Mutex<(context: NIOSSLContext, stamp: [Date])>

    /// - Throws: what NIOSSL says of files it can't use.
    init(certificate: String, key: String, logger: Logger) throws {
        (self.certificate, self.key, self.logger) = (certificate, key, logger)
        state = Mutex((try Self.context(certificate, key), Self.stamp([certificate, key])))
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    func run() async throws {
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
            let context = try Self.context(certificate, key)
            state.withLock { $0 = (context, stamp) }
            logger.info("A new certificate is shown from now on")
        } catch {
            logger.warning("The new certificate can't be used yet", metadata: ["error": "\(error)"])
        }
    }

    private static func context(_ certificate: String, _ key: String) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    private static func stamp(_ files: [String]) -> [Date] {
        files.map { (try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date) ?? .distantPast }
    }
}
