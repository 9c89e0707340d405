import Crypto
import Model

/// Keys as they are kept: they are long and drawn at random, so a plain hash gives nothing away.
package enum KeyDigest {
    package static func of(_ key: String) -> [UInt8] { Array(SHA256.hash(data: Array(key.utf8))) }

    /// The digest as four words, without an allocation.
    package static func words(of key: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        var hash = SHA256()
        hash.update(bufferPointer: key)
        return hash.finalize().withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
            return (word(0), word(1), word(2), word(3))
        }
    }

    /// A new key of 256 random bits: `trk_…`
    package static func newKey() -> String {
        var random = SystemRandomNumberGenerator()
        return "trk_" + (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }.base64URL
    }
}
