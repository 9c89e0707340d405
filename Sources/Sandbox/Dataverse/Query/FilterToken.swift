/// A word of a `$filter` expression.
enum FilterToken: Equatable {
    case name(String)
    case string(String)
    case integer(Int64)
    case number(Double)
    case guid(Guid)
    case date(Int64)
    case symbol(UInt8)
    case end

    func isSymbol(_ character: Character) -> Bool {
        guard case .symbol(let byte) = self else { return false }
        return byte == character.asciiValue
    }

    func isWord(_ word: String) -> Bool {
        if case .name(let name) = self { name == word } else { false }
    }
}

/// Cuts an expression into words. Strings stand in single quotes (doubled inside), in lists also in double ones.
struct FilterLexer {
    private let bytes: [UInt8]
    private let text: String
    private var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    static func tokens(_ text: String) throws(WebError) -> [FilterToken] {
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token == .end { return tokens }
        }
    }

    private mutating func next() throws(WebError) -> FilterToken {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard position < bytes.count else { return .end }
        let byte = bytes[position]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return .string(try quoted(byte)) }
        if position + 36 <= bytes.count, let guid = Guid(bytes: bytes[position..<position + 36]) {
            position += 36
            return .guid(guid)
        }
        if byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "-") { return try numeric() }
        if FilterLexer.isNameByte(byte) {
            let start = position
            while position < bytes.count, FilterLexer.isNameByte(bytes[position]) { position += 1 }
            return .name(String(decoding: bytes[start..<position], as: UTF8.self))
        }
        position += 1
        return .symbol(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "$"): true
        default: byte >= 0x80
        }
    }

    private mutating func quoted(_ quote: UInt8) throws(WebError) -> String {
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            if bytes[position] == quote {
                if position + 1 < bytes.count, bytes[position + 1] == quote {
                    content.append(quote)
                    position += 2
                    continue
                }
                position += 1
                return String(decoding: content, as: UTF8.self)
            }
            if quote == UInt8(ascii: "\""), bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count {
                // Lists of values are JSON: a quote or a backslash stands behind a backslash.
                position += 1
            }
            content.append(bytes[position])
            position += 1
        }
        throw .url("There is an unterminated literal at position \(bytes.count) in '\(text)'.")
    }

    private mutating func numeric() throws(WebError) -> FilterToken {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "T"), UInt8(ascii: "Z"),
                UInt8(ascii: "t"), UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
                continue
            default: break
            }
            break
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if let value = Int64(word) { return .integer(value) }
        if let value = DateText.parse(word) { return .date(value) }
        if let value = Double(word) { return .number(value) }
        throw .url("Syntax error at position \(start) in '\(text)'.")
    }
}
