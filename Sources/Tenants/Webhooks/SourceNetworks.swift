import Glibc
package import NIOCore

/// The networks that webhooks may come from, written as `80.88.186.0/24` or as single addresses, separated by commas.
package struct SourceNetworks: Sendable, Hashable {
    private struct Network: Sendable, Hashable {
        var prefix: [UInt8]
        var bits: Int
    }

    private let networks: [Network]

    /// The vendor's.
    package static let vendors = "80.88.186.0/24,80.88.187.0/24"

    package struct Unreadable: Error, CustomStringConvertible {
        package let text: String
        package var description: String { "'\(text)' is no network: write 80.88.186.0/24, 2001:db8::/32 or a single address" }
    }

    /// Empty admits everybody.
    package init(_ text: String) throws(Unreadable) {
        var networks: [Network] = []
        for part in text.split(separator: ",").map({ $0.trimmed }) where !part.isEmpty {
            let pieces = part.split(separator: "/", maxSplits: 1)
            guard let bytes = addressBytes(String(pieces[0])) else {
                throw Unreadable(text: part)
            }
            let most = bytes.count * 8
            guard let bits = pieces.count == 1 ? most : Int(pieces[1]), (0...most).contains(bits) else {
                throw Unreadable(text: part)
            }
            networks.append(Network(prefix: bytes, bits: bits))
        }
        self.networks = networks
    }

    package var admitsEverybody: Bool { networks.isEmpty }

    package func admits(_ address: SocketAddress?) -> Bool {
        if networks.isEmpty { return true }
        guard let bytes = address?.ipAddress.flatMap(addressBytes) else { return false }
        return networks.contains { network in
            guard network.prefix.count == bytes.count else { return false }
            let (whole, rest) = (network.bits / 8, network.bits % 8)
            guard bytes[..<whole].elementsEqual(network.prefix[..<whole]) else { return false }
            return rest == 0 || (bytes[whole] ^ network.prefix[whole]) >> (8 - rest) == 0
        }
    }
}

/// The bytes of an address alone; one of the old kind in the new kind's clothes (`::ffff:…`) as the old one. Nil: it is no address.
private func addressBytes(_ text: String) -> [UInt8]? {
    var old = in_addr()
    if inet_pton(AF_INET, text, &old) == 1 { return withUnsafeBytes(of: old) { Array($0) } }
    var new = in6_addr()
    guard inet_pton(AF_INET6, text, &new) == 1 else { return nil }
    let bytes = withUnsafeBytes(of: new) { Array($0) }
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    return isMapped ? Array(bytes[12...]) : bytes
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
