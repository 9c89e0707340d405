import Foundation

/// Ports nobody listens on.
public enum FreePort {
    /// A port of 127.0.0.1 that was free a moment ago; another process may still take it. It lies outside the range from which the kernel
    /// gives outgoing connections theirs, so none of these sits on it when a server is started there, or started again.
    public static func find() throws -> Int {
        let range = (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let first = range.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 32_768
        for _ in 1...200 where first > 11_000 {
            if let port = try bind(to: UInt16(clamping: Int.random(in: 10_000..<first))) { return port }
        }
        guard let port = try bind(to: 0) else {
            throw EmbeddedPostgresError("no port can be bound: \(String(cString: strerror(errno)))")
        }
        return port
    }

    /// Nil: it is taken.
    private static func bind(to port: UInt16) throws -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw EmbeddedPostgresError("no socket can be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Foundation.bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
