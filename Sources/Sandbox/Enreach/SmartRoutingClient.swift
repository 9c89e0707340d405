import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks one question over one connection.
struct SmartRoutingClient: Sendable {
    enum Answer: Sendable, Equatable {
        /// 204: the default routing goes on.
        case standard
        /// 200 with an InitialTarget, and where the call goes when it overflows from there.
        case target(String, fail: String?)
        case failure(String)
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
    func ask(
        anum: String, bnum: String, targetID: String?, callID: UUID?, isInternal: Bool, of target: SmartRoutingTarget
    ) async -> Answer {
        var json = JSONBytes(capacity: 200)
        json.object { json in
            json.key("anum")
            json.value(anum)
            json.key("bnum")
            json.value(bnum)
            if let targetID {
                json.key("targetid")
                json.value(targetID)
            }
            json.key("extradata")
            json.object { json in
                json.key("CallId")
                json.value(callID)
                json.key("IsInternalCaller")
                json.value(isInternal)
            }
        }
        let body = json.bytes
        return await withTaskGroup(of: Answer.self) { group in
            group.addTask {
                do {
                    return try await exchange(body, target)
                } catch {
                    return .failure("no answer: \(error)")
                }
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(target.patience ?? 5))
                return .failure("no answer within \(target.patience ?? 5) s")
            }
            let first = await group.next() ?? .failure("no answer")
            group.cancelAll()
            return first
        }
    }

    private func exchange(_ body: [UInt8], _ target: SmartRoutingTarget) async throws -> Answer {
        guard let url = URLComponents(string: target.endpoint), let host = url.host else { return .failure("no address") }
        let secure = url.scheme == "https"
        let port = url.port ?? (secure ? 443 : 80)
        let tls = secure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let connection: Connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: host))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: url.percentEncodedPath,
            headers: [
                "Host": "\(host):\(port)", "Content-Type": "application/json", "Content-Length": String(body.count),
                "X-Benemen-APIKey": target.key, "Connection": "close",
            ])
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: [.head(head), .body(.byteBuffer(ByteBuffer(bytes: body))), .end(nil)])
            var status = 0
            var text: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let bytes): text.append(contentsOf: bytes.readableBytesView)
                case .end: return Self.answer(status, text)
                }
            }
            return .failure("the answer has no end")
        }
    }

    private struct Body: Decodable {
        var InitialTarget: String?
        var FailTarget: String?
    }

    /// An empty target means no forwarding.
    private static func answer(_ status: Int, _ text: [UInt8]) -> Answer {
        switch status {
        case 204: return .standard
        case 200:
            guard let body = try? JSONDecoder().decode(Body.self, from: Data(text)) else {
                return .failure("the body of 200 can't be read")
            }
            guard let target = body.InitialTarget, !target.isEmpty else { return .standard }
            return .target(target, fail: body.FailTarget.flatMap { $0.isEmpty ? nil : $0 })
        default: return .failure("status \(status): \(String(decoding: text.prefix(200), as: UTF8.self))")
        }
    }
}
