/// The escapes of JSON strings, with what no database takes replaced by U+FFFD: NUL, and halves of surrogate pairs.
enum JSONEscape {
    static func codeUnit(in bytes: [UInt8], at index: Int) -> UInt16? {
        codeUnit(in: bytes[...], at: index)
    }

    static func codeUnit(in bytes: ArraySlice<UInt8>, at index: Int) -> UInt16? {
        guard index + 4 <= bytes.endIndex else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The text between a string's quotes, decoded.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
                out.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = scalar(in: bytes, at: index)
                out += Array(String(Character(scalar)).utf8)
                index += length
                continue
            case let other: out.append(other)
            }
            index += 2
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The scalar of the `\u` escape at `index` and the length of the text it takes.
    private static func scalar(in bytes: ArraySlice<UInt8>, at index: Int) -> (Unicode.Scalar, Int) {
        guard let first = codeUnit(in: bytes, at: index + 2), first != 0 else { return ("\u{FFFD}", 6) }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard first < 0xDC00, index + 7 < bytes.endIndex, bytes[index + 6] == UInt8(ascii: "\\"),
            bytes[index + 7] == UInt8(ascii: "u"),
            let second = codeUnit(in: bytes, at: index + 8), (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { return ("\u{FFFD}", 6) }
        return (scalar, 12)
    }

    /// A JSON text whose strings hold nothing a `jsonb` column refuses. Grammar outside strings is left as it is.
    static func repaired(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count + 16)
        var inString = false
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if inString, byte == UInt8(ascii: "\\"), index + 1 < text.endIndex {
                let isUnicode = text[index + 1] == UInt8(ascii: "u")
                let (scalar, length) = isUnicode ? scalar(in: text, at: index) : (" ", 2)
                if isUnicode && scalar == "\u{FFFD}" {
                    out += Array("\\ufffd".utf8)
                } else {
                    out += text[index..<(index + length)]
                }
                index += length
                continue
            }
            if byte == UInt8(ascii: "\"") { inString.toggle() }
            if inString, byte < 0x20 {
                out += Array("\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8)
            } else {
                out.append(byte)
            }
            index += 1
        }
        return Array(String(decoding: out, as: UTF8.self).utf8)
    }
}
