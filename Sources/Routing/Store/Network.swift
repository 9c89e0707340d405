import Glibc

/// A network of IPv4 or IPv6, such as `80.88.186.0/24`.
package struct Network: Sendable, Hashable {
    private let address: [UInt8]
    private let bits: Int

    /// Nil for what is none; a lone address is the network of itself.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let address = Self.bytes(String(first)) else { return nil }
        let most = address.count * 8
        guard let bits = parts.count > 1 ? Int(parts[1]) : most, (0...most).contains(bits) else { return nil }
        self.address = address
        self.bits = bits
    }

    /// The bytes of an address; an IPv4 address within IPv6 counts as what it is.
    package static func bytes(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: v6) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
    }

    package func contains(_ other: [UInt8]) -> Bool {
        guard other.count == address.count else { return false }
        for bit in stride(from: 0, to: bits, by: 8) {
            let mask: UInt8 = bits - bit >= 8 ? 0xFF : ~(0xFF >> UInt8(bits - bit))
            if (other[bit / 8] ^ address[bit / 8]) & mask != 0 { return false }
        }
        return true
    }

    package var text: String {
        var buffer = [CChar](repeating: 0, count: 64)
        inet_ntop(address.count == 4 ? AF_INET : AF_INET6, address, &buffer, 64)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/\(bits)"
    }
}
