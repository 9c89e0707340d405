import Crypto
public import FoundationEssentials

extension UUID {
    /// The name-based UUID, version 5, of `name` within `namespace` (RFC 9562, section 5.5).
    public static func version5(namespace: UUID, name: some Sequence<UInt8>) -> UUID {
        var hash = Insecure.SHA1()
        withUnsafeBytes(of: namespace.uuid) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(name))
        var bytes = uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &bytes) { target in
            for (index, byte) in hash.finalize().prefix(16).enumerated() { target[index] = byte }
            target[6] = target[6] & 0x0F | 0x50
            target[8] = target[8] & 0x3F | 0x80
        }
        return UUID(uuid: bytes)
    }
}
