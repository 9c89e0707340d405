import NIOCore
import NIOHTTP1

/// Between NIO's parts and the sandbox's own request and response.
extension HTTPListener {
    static func request(
        _ head: HTTPRequestHead, body: [UInt8], scheme: String, channel: any Channel
    ) -> SandboxRequest {
        let target = head.uri
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = mark.map { String(target[..<$0]) } ?? target
        let query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
        let host = head.headers.first(name: "Host") ?? "127.0.0.1:\(channel.localAddress?.port ?? 0)"
        return SandboxRequest(
            method: head.method.rawValue, path: path, query: query,
            headers: SandboxHeaders(head.headers.map { (name: $0.name, value: $0.value) }), body: body,
            origin: "\(scheme)://\(host)", remote: channel.remoteAddress?.ipAddress ?? "")
    }

    static func parts(
        _ response: SandboxResponse, to request: HTTPRequestHead, last: Bool
    ) -> [HTTPServerResponsePart] {
        var headers = HTTPHeaders()
        headers.reserveCapacity(response.headers.fields.count + 2)
        for (name, value) in response.headers.fields where !Self.own(name) {
            headers.add(name: name, value: value)
        }
        let bodiless = response.status == 204 || response.status == 304
        if !bodiless { headers.add(name: "Content-Length", value: String(response.body.count)) }
        if last { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
        guard !bodiless, request.method != .HEAD, !response.body.isEmpty else { return [.head(head), .end(nil)] }
        return [.head(head), .body(.byteBuffer(ByteBuffer(bytes: response.body))), .end(nil)]
    }

    /// Fields that follow from the message itself, whatever a responder says.
    private static func own(_ name: String) -> Bool {
        ["content-length", "connection", "transfer-encoding"].contains(name.lowercased())
    }
}
