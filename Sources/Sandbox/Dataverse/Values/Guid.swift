/// A guid as two machine words: quick to compare, to hash and to print.
struct Guid: Hashable, Sendable, CustomStringConvertible {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `8-4-4-4-12` in either case, with or without braces.
    init?(_ text: some StringProtocol) {
        self.init(bytes: Array(text.utf8)[...])
    }

    init?(bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        if bytes.count == 38, bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") {
            bytes = bytes.dropFirst().dropLast()
        }
        guard bytes.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var nibbles = 0
        var place = 0
        for byte in bytes {
            defer { place += 1 }
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            if nibbles < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            nibbles += 1
        }
        self.init(high: words.0, low: words.1)
    }

    var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lower case, without braces.
    func write(to bytes: inout [UInt8]) {
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 { bytes.append(UInt8(ascii: "-")) }
            let word = place < 16 ? high : low
            let digit = UInt8(word >> UInt64(60 - (place & 15) * 4) & 15)
            bytes.append(digit < 10 ? digit + 0x30 : digit + 0x57)
        }
    }
}

extension Guid: Comparable {
    static func < (a: Guid, b: Guid) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}
