public import AsyncHTTPClient
import NIOCore

/// How an `HTTPClient` for ``DynamicsClient`` should be set up.
public enum DynamicsHTTP {
    /// - Parameter maximumInFlight: connections to one environment; the limits allow 52 requests at once for each of its web servers.
    public static func configuration(maximumInFlight: Int = 416) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)),
            connectionPool: .init(idleTimeout: .seconds(50)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, maximumInFlight)
        // Several requests over one HTTP/2 connection would all end on one web server's front.
        configuration.httpVersion = .http1Only
        return configuration
    }
}
