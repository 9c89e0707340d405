import Foundation
import Glibc
import Synchronization

/// An HTTP server that answers each connection's request with the bytes a test gives it, and then closes: the way to send
/// answers no proper server would send.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var line: String
        var headers: [String: String]
        var body: String
    }

    let port: UInt16
    private let listener: Int32
    private let requests = Mutex<[Request]>([])

    var url: String { "http://127.0.0.1:\(port)" }
    var seen: [Request] { requests.withLock { $0 } }

    /// - Parameter answer: makes the raw answer of a request; nil closes the connection without one.
    init(_ answer: @escaping @Sendable (Request, Int) -> String?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        precondition(bound, "no loopback socket")
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Here and not where it is stopped: the next server may get the same descriptor, and this thread would serve it.
                    close(listener)
                    return
                }
                guard let request = Self.read(connection) else {
                    close(connection)
                    continue
                }
                let count = self.requests.withLock { requests in
                    requests.append(request)
                    return requests.count
                }
                if let answer = answer(request, count) { Self.write(answer, connection) }
                close(connection)
            }
        }
        thread.start()
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// A proper answer.
    static func answer(_ status: Int, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\(headers)\r\n\(body)"
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let lines = text[..<end.lowerBound].split(separator: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            }
            let body = text[end.upperBound...]
            if body.utf8.count < Int(headers["content-length"] ?? "0") ?? 0 { continue }
            return Request(line: String(lines[0]), headers: headers, body: String(body))
        }
    }

    private static func write(_ text: String, _ connection: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
