/// `Authorization: Basic …` (RFC 7617).
enum BasicCredentials {
    /// The password; nil for another scheme, or for what is no Base64.
    static func password(_ field: UnsafeRawBufferPointer) -> [UInt8]? {
        guard field.count > 6, UnsafeRawBufferPointer(rebasing: field[..<6]).isCaselessly("basic ") else { return nil }
        let text = field.trimmed(6..<field.count)
        guard let pair = decoded(UnsafeRawBufferPointer(rebasing: field[text])),
            let colon = pair.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return Array(pair[(colon + 1)...])
    }

    private static func decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        var isPadded = false
        for byte in text {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="):
                isPadded = true
                continue
            default: return nil
            }
            guard !isPadded else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
