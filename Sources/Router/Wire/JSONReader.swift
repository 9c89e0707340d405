/// Reads JSON (RFC 8259) from bytes, a value after the other, without building a tree.
struct JSONReader {
    struct Failure: Error {
        var detail: String
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    private var depth = 0

    /// How deep values may lie in one another.
    static let deepest = 32
    /// Most members of an object that is looked at.
    static let mostMembers = 128

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isValidUTF8: Bool {
        for byte in bytes where byte >= 0x80 { return String(validating: bytes, as: UTF8.self) != nil }
        return true
    }

    // MARK: Structure

    /// Calls `member` for each member of the object that stands here; it must read the value. A name that comes twice is refused.
    mutating func object(_ member: (String, inout JSONReader) throws(Failure) -> Void) throws(Failure) {
        skipBlanks()
        guard take("{") else { throw failure("an object was expected") }
        try enter()
        var names: [String] = []
        skipBlanks()
        if take("}") { return leave() }
        while true {
            skipBlanks()
            let name = try string(most: 256)
            guard !names.contains(name) else { throw Failure(detail: "`\(name.prefix(60))` stands there twice.") }
            guard names.count < Self.mostMembers else {
                throw Failure(detail: "There are more than \(Self.mostMembers) members.")
            }
            names.append(name)
            skipBlanks()
            guard take(":") else { throw failure("a colon was expected") }
            skipBlanks()
            try member(name, &self)
            skipBlanks()
            if take("}") { return leave() }
            guard take(",") else { throw failure("a comma or a closing brace was expected") }
        }
    }

    /// Nothing but blanks may follow.
    mutating func end() throws(Failure) {
        skipBlanks()
        guard at == bytes.count else { throw failure("nothing more was expected") }
    }

    /// Reads over any value.
    mutating func skip() throws(Failure) {
        guard at < bytes.count else { throw failure("a value was expected") }
        switch bytes[at] {
        case UInt8(ascii: "{"): try object { (_, json) throws(Failure) in try json.skip() }
        case UInt8(ascii: "["): try skipArray()
        case UInt8(ascii: "\""): _ = try string(most: .max)
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try flag()
        case UInt8(ascii: "n"): guard takeNull() else { throw failure("a value was expected") }
        default: try skipNumber()
        }
    }

    private mutating func skipArray() throws(Failure) {
        at += 1
        try enter()
        skipBlanks()
        if take("]") { return leave() }
        while true {
            skipBlanks()
            try skip()
            skipBlanks()
            if take("]") { return leave() }
            guard take(",") else { throw failure("a comma or a closing bracket was expected") }
        }
    }

    private mutating func skipNumber() throws(Failure) {
        _ = take("-")
        let start = at
        skipDigits()
        guard at > start, bytes[start] != UInt8(ascii: "0") || at == start + 1 else { throw failure("a value was expected") }
        if take(".") {
            let fraction = at
            skipDigits()
            guard at > fraction else { throw failure("a digit was expected") }
        }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            let exponent = at
            skipDigits()
            guard at > exponent else { throw failure("a digit was expected") }
        }
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        guard depth <= Self.deepest else { throw Failure(detail: "Values are nested deeper than \(Self.deepest).") }
    }

    private mutating func leave() { depth -= 1 }

    // MARK: Values

    var isText: Bool { at < bytes.count && bytes[at] == UInt8(ascii: "\"") }

    mutating func text(_ name: String) throws(Failure) -> String {
        guard isText else { throw Failure(detail: "`\(name.prefix(60))` is not a string.") }
        return try string(most: 256)
    }

    mutating func optionalText(_ name: String) throws(Failure) -> String? { takeNull() ? nil : try text(name) }

    mutating func optionalFlag(_ name: String) throws(Failure) -> Bool? {
        if takeNull() { return nil }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "t") || bytes[at] == UInt8(ascii: "f") else {
            throw Failure(detail: "`\(name)` is neither true nor false.")
        }
        return try flag()
    }

    mutating func takeNull() -> Bool { takeWord("null") }

    private mutating func flag() throws(Failure) -> Bool {
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw failure("a value was expected")
    }

    /// A string; longer ones than `most` bytes are refused.
    private mutating func string(most: Int) throws(Failure) -> String {
        guard take("\"") else { throw failure("a string was expected") }
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                let plain = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
                at += 1
                guard plain.count <= most else { throw Failure(detail: "A string is longer than \(most) bytes.") }
                return String(decoding: plain, as: UTF8.self)
            case UInt8(ascii: "\\"): return try escaped(from: start, most: most)
            case 0..<0x20: throw failure("a control character stands in a string")
            default: at += 1
            }
        }
        throw failure("a string does not end")
    }

    /// A string with escapes, from its first one on.
    private mutating func escaped(from start: Int, most: Int) throws(Failure) -> String {
        var text = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard text.count <= most else { throw Failure(detail: "A string is longer than \(most) bytes.") }
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw failure("a control character stands in a string")
            default: text.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        guard at < bytes.count else { throw failure("a string does not end") }
        defer { at += 1 }
        switch bytes[at] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try codePoint()
        default: throw failure("an unknown escape stands in a string")
        }
    }

    /// `u` and four digits, twice for what lies outside of the basic plane; ends on the last digit.
    private mutating func codePoint() throws(Failure) -> Unicode.Scalar {
        let unit = try codeUnit()
        // No text of the database can hold a null character, and no number has one: it is read as one that can't be read.
        if unit == 0 { return "\u{FFFD}" }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "\\"), bytes[at + 2] == UInt8(ascii: "u") else {
            throw failure("half of a surrogate pair stands in a string")
        }
        at += 2
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else {
            throw failure("half of a surrogate pair stands in a string")
        }
        return scalar
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        guard at + 4 < bytes.count else { throw failure("a string does not end") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            at += 1
            switch bytes[at] {
            case 0x30...0x39: value = value << 4 | UInt32(bytes[at] - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(bytes[at] - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(bytes[at] - 0x57)
            default: throw failure("an unknown escape stands in a string")
            }
        }
        return value
    }

    // MARK: Bytes

    private mutating func skipBlanks() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
    }

    private mutating func skipDigits() {
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: letter) else { return false }
        at += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let end = at + word.utf8CodeUnitCount
        guard end <= bytes.count, UnsafeRawBufferPointer(rebasing: bytes[at..<end]).spells(word) else { return false }
        at = end
        return true
    }

    private func failure(_ what: String) -> Failure { Failure(detail: "Not JSON: \(what) at byte \(at).") }
}
