public import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The HTTP clients for the vendors' interfaces: one for the system's trust store, and one for each extra authority.
///
/// They share the program's network threads. TLS 1.2 at least; certificates are checked.
public final class OutboundClients: Sendable {
    private let clients = Mutex<[String: HTTPClient]>([:])

    public init() {}

    /// The client that also trusts the authorities of `file`; nil means the system's only.
    public func client(trusting file: CertificateFile? = nil) -> HTTPClient {
        clients.withLock { clients in
            if let known = clients[file?.path ?? ""] { return known }
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: Self.configuration(trusting: file))
            clients[file?.path ?? ""] = client
            return client
        }
    }

    /// Closes all connections. Afterwards no client may be used.
    public func shutDown() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { try? await client.shutdown() }
    }

    private static func configuration(trusting file: CertificateFile?) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file { tls.additionalTrustRoots = [.certificates(file.certificates)] }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(120)))
        configuration.connectionPool.idleTimeout = .seconds(50)
        // What may be in flight is decided by the request budget: a request that it let go must not wait for a connection, where its waiting
        // would be taken for the service's work. Dataverse takes 52 requests at once on each web server.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 416
        // HTTP/1.1 only: Dataverse and Enreach gain nothing from sharing a connection, and a cut costs one request, not all.
        configuration.httpVersion = .http1Only
        // The clients of the vendors make their own spans: the library's would carry whole addresses, numbers in filters included.
        configuration.tracing.tracer = nil
        // The client retries by itself with its own count and patience.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
