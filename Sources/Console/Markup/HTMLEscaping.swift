import Mustache

/// How values come into pages.
///
/// By Unicode scalars, not by what a reader takes for one character: a quotation mark with a combining accent is one character,
/// and to a browser still the end of an attribute.
struct HTMLEscaping: MustacheContentType {
    func escapeText(_ text: String) -> String { Self.escaped(text) }

    static func escaped(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.contains(where: { replacement($0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count + 32)
        for byte in bytes {
            if let entity = replacement(byte) { escaped += entity.utf8 } else { escaped.append(byte) }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func replacement(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        case UInt8(ascii: "`"): "&#96;"
        // No page has a use for it, and browsers disagree about it.
        case 0: "\u{FFFD}"
        default: nil
        }
    }

}
