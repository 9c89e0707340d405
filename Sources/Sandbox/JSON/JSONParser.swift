/// Where and why bytes are no JSON.
public struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
    public var offset: Int
    public var reason: String
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Reads one value; only white space may follow it. A byte order mark in front is skipped.
    public init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        self = try JSON.parse(bytes[...])
    }

    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONSyntaxError) {
        self = try JSON.parse(bytes)
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONSyntaxError) -> JSON {
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSON, JSONSyntaxError> in
            var parser = JSONParser(buffer)
            do throws(JSONSyntaxError) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// A single-pass recursive reader over borrowed bytes.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    private func failure(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: position, reason: reason)
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONSyntaxError) -> JSON {
        guard position < bytes.count else { throw failure("unexpected end") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return try object()
        case UInt8(ascii: "["):
            return try array()
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            return try number()
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONSyntaxError) {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { throw failure("unexpected end") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw failure("unknown word")
        }
        position += length
    }

    private mutating func enter() throws(JSONSyntaxError) {
        depth += 1
        guard depth <= 128 else { throw failure("nested too deeply") }
        position += 1
        skipBlanks()
    }

    private mutating func object() throws(JSONSyntaxError) -> JSON {
        try enter()
        var members: [JSONObject.Member] = []
        members.reserveCapacity(8)
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
            position += 1
            depth -= 1
            return .object(JSONObject(members))
        }
        while true {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("expected a name") }
            let name = try string()
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw failure("expected a colon") }
            position += 1
            skipBlanks()
            members.append(JSONObject.Member(name: name, value: try value()))
            if try !more(before: UInt8(ascii: "}")) { return .object(JSONObject(members)) }
        }
    }

    private mutating func array() throws(JSONSyntaxError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            position += 1
            depth -= 1
            return .array(elements)
        }
        while true {
            elements.append(try value())
            if try !more(before: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// After an element: true at a comma, false at the closing byte.
    private mutating func more(before close: UInt8) throws(JSONSyntaxError) -> Bool {
        skipBlanks()
        guard position < bytes.count else { throw failure("unexpected end") }
        if bytes[position] == UInt8(ascii: ",") {
            position += 1
            skipBlanks()
            return true
        }
        guard bytes[position] == close else { throw failure("expected a comma or an end") }
        position += 1
        depth -= 1
        return false
    }

    private mutating func number() throws(JSONSyntaxError) -> JSON {
        let start = position
        var whole = true
        var magnitude: Int64 = 0
        var fits = true
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative { position += 1 }
        let digits = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x30, byte <= 0x39 {
                if whole {
                    let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
                    let (sum, overflowed2) = product.addingReportingOverflow(Int64(byte - 0x30))
                    fits = fits && !overflowed && !overflowed2
                    magnitude = sum
                }
            } else if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: "-")
            {
                whole = false
            } else {
                break
            }
            position += 1
        }
        guard position > digits else { throw failure("unexpected character") }
        if whole, fits { return .integer(negative ? -magnitude : magnitude) }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text) else { throw failure("broken number") }
        return .number(value)
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw failure("control character in a string") }
            position += 1
        }
        throw failure("unterminated string")
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard position < bytes.count else { throw failure("unterminated string") }
                let escape = bytes[position]
                position += 1
                switch escape {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
                case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try escapedScalar()).utf8))
                default: throw failure("unknown escape")
                }
            default:
                guard byte >= 0x20 else { throw failure("control character in a string") }
                text.append(byte)
            }
        }
        throw failure("unterminated string")
    }

    /// One scalar after `\u`, from a pair of surrogates when it is one; a lone surrogate becomes U+FFFD.
    private mutating func escapedScalar() throws(JSONSyntaxError) -> Character {
        let first = try fourHexDigits()
        if first >= 0xD800, first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            let mark = position
            position += 2
            let second = try fourHexDigits()
            if second >= 0xDC00, second < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return Character(scalar)
            }
            position = mark
        }
        return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
    }

    private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("broken escape") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw failure("broken escape")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
