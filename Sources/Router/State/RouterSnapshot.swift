import Foundation
import Routing

/// What one event loop answers from: replaced as a whole, read without a lock.
final class RouterSnapshot: Sendable {
    struct Key: Sendable {
        let tenant: Int32
        let words: (UInt64, UInt64, UInt64, UInt64)
        let networks: [Network]
        /// Seconds since 1970.
        let expiresAt: Double
    }

    let tenants: [Int32: TenantRoutes]
    /// By the first word of the digest. Who could steer that word would know the key already.
    private let keys: [UInt64: [Key]]
    /// Whether the keys were read at all: before that nobody can be told to be a stranger.
    let isKnown: Bool

    convenience init(tenants: [Int32: TenantRoutes], keys: [ApiKeyStore.Valid]) {
        self.init(tenants: tenants, keys: keys, isKnown: true)
    }

    private init(tenants: [Int32: TenantRoutes], keys: [ApiKeyStore.Valid], isKnown: Bool) {
        self.tenants = tenants
        self.isKnown = isKnown
        self.keys = Dictionary(grouping: keys.filter { $0.digest.count == 32 }.map(Self.key)) { $0.words.0 }
    }

    static let empty = RouterSnapshot(tenants: [:], keys: [], isKnown: false)

    private static func key(_ key: ApiKeyStore.Valid) -> Key {
        let words = key.digest.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
            return (word(0), word(1), word(2), word(3))
        }
        return Key(
            tenant: key.tenant, words: words, networks: key.networks, expiresAt: key.expiresAt?.timeIntervalSince1970 ?? .infinity
        )
    }

    /// The tenant that a key opens from an address; nil for none. The digests are compared in a time that does not depend on them.
    ///
    /// - Parameter now: seconds since 1970.
    func tenant(of key: UnsafeRawBufferPointer, from address: [UInt8], now: Double) -> TenantRoutes? {
        guard !key.isEmpty else { return nil }
        let words = KeyDigest.words(of: key)
        for candidate in keys[words.0] ?? [] {
            let difference =
                (candidate.words.0 ^ words.0) | (candidate.words.1 ^ words.1) | (candidate.words.2 ^ words.2)
                | (candidate.words.3 ^ words.3)
            guard difference == 0, now < candidate.expiresAt else { continue }
            guard candidate.networks.isEmpty || candidate.networks.contains(where: { $0.contains(address) }) else { continue }
            return tenants[candidate.tenant]
        }
        return nil
    }
}
