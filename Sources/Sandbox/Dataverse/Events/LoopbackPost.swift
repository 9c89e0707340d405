import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Posts JSON to an address of this machine over a connection of its own.
struct LoopbackPost: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private static let hosts: Set<String> = ["127.0.0.1", "localhost", "::1", "[::1]"]

    /// Real seconds to wait for an answer.
    var patience: Double

    /// The status of the answer; nil when none came, or when the address is not on loopback.
    func post(_ body: [UInt8], to address: String, headers: [(name: String, value: String)]) async -> Int? {
        guard let url = URLComponents(string: address), let host = url.host, Self.hosts.contains(host) else { return nil }
        return await withTaskGroup(of: Int?.self) { group in
            group.addTask { try? await exchange(body, url, host, headers) }
            group.addTask {
                try? await Task.sleep(for: .seconds(patience))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func exchange(
        _ body: [UInt8], _ url: URLComponents, _ host: String, _ fields: [(name: String, value: String)]
    ) async throws -> Int? {
        let secure = url.scheme == "https"
        let port = url.port ?? (secure ? 443 : 80)
        let tls = secure ? try Self.tls() : nil
        let connection: Connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        var headers: HTTPHeaders = [
            "Host": "\(host):\(port)", "Content-Type": "application/json", "Content-Length": String(body.count),
            "Connection": "close",
        ]
        for field in fields { headers.add(name: field.name, value: field.value) }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: path + (url.percentEncodedQuery.map { "?" + $0 } ?? ""), headers: headers)
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: [.head(head), .body(.byteBuffer(ByteBuffer(bytes: body))), .end(nil)])
            for try await part in inbound {
                if case .head(let answer) = part { return Int(answer.status.code) }
            }
            return nil
        }
    }

    /// Certificates on loopback are the tester's own.
    private static func tls() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }
}
