/// JSON strings by hand, for log lines and health answers, which must not wait for an encoder.
enum JSONWriter {
    static func append(_ text: String, to out: inout String) {
        out += "\""
        var copied = text.startIndex
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            out += text[copied..<index]
            copied = text.utf8.index(after: index)
            switch byte {
            case 0x22: out += "\\\""
            case 0x5C: out += "\\\\"
            case 0x0A: out += "\\n"
            case 0x0D: out += "\\r"
            case 0x09: out += "\\t"
            default: out += "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }
        }
        out += text[copied...]
        out += "\""
    }

    static func string(_ text: String) -> String {
        var out = ""
        append(text, to: &out)
        return out
    }
}
