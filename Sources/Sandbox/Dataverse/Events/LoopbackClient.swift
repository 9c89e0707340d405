import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks an address of this machine, each time over a connection of its own.
struct LoopbackClient: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private static let hosts: Set<String> = ["127.0.0.1", "localhost", "::1", "[::1]"]

    /// Real seconds to wait for an answer.
    var patience: Double

    struct Answer: Sendable {
        var status: Int
        var body: [UInt8] = []
    }

    /// Posts JSON. The status of the answer; nil when none came, or when the address is not on loopback.
    func post(_ body: [UInt8], to address: String, headers: [(name: String, value: String)]) async -> Int? {
        await send(.POST, body, to: address, headers: headers)?.status
    }

    /// Nil as for ``post(_:to:headers:)``.
    func get(_ address: String, headers: [(name: String, value: String)]) async -> Answer? {
        await send(.GET, nil, to: address, headers: headers)
    }

    private func send(
        _ method: HTTPMethod, _ body: [UInt8]?, to address: String, headers: [(name: String, value: String)]
    ) async -> Answer? {
        guard let url = URLComponents(string: address), let host = url.host, Self.hosts.contains(host) else { return nil }
        return await withTaskGroup(of: Answer?.self) { group in
            group.addTask { try? await exchange(method, body, url, host, headers) }
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
        _ method: HTTPMethod, _ body: [UInt8]?, _ url: URLComponents, _ host: String, _ fields: [(name: String, value: String)]
    ) async throws -> Answer? {
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
            "Host": "\(host):\(port)", "Connection": "close",
        ]
        if let body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(body.count))
        }
        for field in fields { headers.add(name: field.name, value: field.value) }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        let head = HTTPRequestHead(
            version: .http1_1, method: method, uri: path + (url.percentEncodedQuery.map { "?" + $0 } ?? ""), headers: headers)
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head))
            if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
            try await outbound.write(.end(nil))
            var answer: Answer?
            for try await part in inbound {
                switch part {
                case .head(let head): answer = Answer(status: Int(head.status.code))
                case .body(let buffer): answer?.body += Array(buffer.readableBytesView)
                case .end: return answer
                }
                // Who only posts waits for no more than the status.
                if method == .POST, answer != nil { return answer }
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
