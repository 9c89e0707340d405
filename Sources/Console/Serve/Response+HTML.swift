import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// To keep, under its name.
    static func file(_ file: Download) -> Response {
        Response(
            status: .ok, headers: [.contentType: file.type, .contentDisposition: "attachment; filename=\"\(file.name)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(string: file.text)))
    }

    /// Go there by GET.
    static func seeOther(_ path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    func retrying(_ seconds: Int?) -> Response {
        guard let seconds else { return self }
        var response = self
        response.headers[.retryAfter] = "\(seconds)"
        return response
    }

    mutating func add(cookie: String) { headers.append(HTTPField(name: .setCookie, value: cookie)) }
}

extension Theme {
    init(_ request: Request) {
        let value = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .first { $0.drop { $0 == " " }.hasPrefix(Theme.cookie + "=") }?
            .split(separator: "=").last.map(String.init)
        self = value.flatMap(Theme.init) ?? .system
    }
}
