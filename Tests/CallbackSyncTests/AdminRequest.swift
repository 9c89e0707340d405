import AsyncHTTPClient
import NIOCore
import NIOHTTP1

enum AdminRequest {
    static func send(_ method: String, _ url: String, _ body: String) async throws -> String {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }
}
