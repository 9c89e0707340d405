import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Posts one notification over one connection.
struct WebhookClient: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Real seconds to wait for an answer.
    var patience: Double = 10
    var logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The status of the answer; nil when none came.
    func post(_ webhook: Webhook, to target: WebhookTarget) async -> Int? {
        await withTaskGroup(of: Int?.self) { group in
            group.addTask {
                do {
                    return try await exchange(webhook, target)
                } catch {
                    logger.debug("webhook not delivered", metadata: ["error": "\(error)"])
                    return nil
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(patience))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func exchange(_ webhook: Webhook, _ target: WebhookTarget) async throws -> Int? {
        guard let url = URLComponents(string: target.endpoint), let host = url.host else { return nil }
        let secure = url.scheme == "https"
        let port = url.port ?? (secure ? 443 : 80)
        let tls = secure ? try Self.tls(insecure: target.insecureSSL == true) : nil
        let connection: Connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = host.allSatisfy { $0.isNumber || $0 == "." || $0 == ":" } ? nil : host
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: path + (url.percentEncodedQuery.map { "?" + $0 } ?? ""),
            headers: [
                "Host": "\(host):\(port)", "Content-Type": "application/json", "Content-Length": String(webhook.body.count),
                "X-Benemen-Event": webhook.event, "X-Benemen-Token": target.secret, "Connection": "close",
            ])
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: [.head(head), .body(.byteBuffer(ByteBuffer(bytes: webhook.body))), .end(nil)])
            for try await part in inbound {
                if case .head(let answer) = part { return Int(answer.status.code) }
            }
            return nil
        }
    }

    private static func tls(insecure: Bool) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if insecure { configuration.certificateVerification = .none }
        return try NIOSSLContext(configuration: configuration)
    }
}
