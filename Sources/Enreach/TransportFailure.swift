import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Connection failures in an operator's words. Never with an address's user or query in it.
enum TransportFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "connecting took too long"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout || error == .writeTimeout:
            "no whole answer in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the server closed the connection before the end of its answer"
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError: connection(error)
        case let error as NIOSSLExtraError: "the TLS check failed: \(error.description)"
        case let error as NIOSSLError: tls(error)
        case let error as IOError: "the connection failed: \(String(cString: strerror(error.errnoCode)))"
        default: "the connection failed: \(type(of: error))"
        }
    }

    private static func connection(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil && error.dnsAAAAError != nil { return "the name `\(error.host)` can't be resolved" }
        let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "no address answers"
        return "can't connect to \(error.host):\(error.port): \(reason)"
    }

    private static func tls(_ error: NIOSSLError) -> String {
        let text = "\(error)"
        return text.contains("CERTIFICATE_VERIFY_FAILED")
            ? "the server's certificate is not trusted; name its authority with ca_file" : "the TLS handshake failed: \(text)"
    }
}
