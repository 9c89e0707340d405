/// A single pass over the bytes of a JSON text, strict about its grammar.
///
/// It reads what the answers need (strings, numbers, skipping) without building a tree. Two things beyond strict JSON are
/// let through and marked by ``needsRepair``: raw control characters in strings, and escapes that no database takes
/// (`\u0000`, half a surrogate pair).
struct JSONScanner {
    let bytes: [UInt8]
    var position = 0
    /// Set when the text since it was last cleared holds something a `jsonb` column would refuse.
    var needsRepair = false

    static let deepest = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next byte that is not white space, left unread; nil at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Reads `byte` when it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
        guard take(byte) else { throw problem(here()) }
    }

    func problem(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: position)
    }

    private func here() -> JSONSyntaxError.Reason { position < bytes.count ? .unexpectedByte : .cutOff }

    /// Passes over a string that starts here and gives the range between its quotes, and whether it has escapes.
    mutating func stringRange() throws(JSONSyntaxError) -> (range: Range<Int>, escaped: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = position
        var escaped = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return (start..<(position - 1), escaped)
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                try skipEscape()
            } else {
                if byte < 0x20 { needsRepair = true }
                position += 1
            }
        }
        throw problem(.cutOff)
    }

    private mutating func skipEscape() throws(JSONSyntaxError) {
        guard position + 1 < bytes.count else {
            position = bytes.count
            throw problem(.cutOff)
        }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = JSONEscape.codeUnit(in: bytes, at: position + 2) else { throw problem(.badEscape) }
            if unit == 0 || (0xD800...0xDFFF).contains(unit) { needsRepair = true }
            position += 6
        default: throw problem(.badEscape)
        }
    }

    /// Reads a string; NUL, which no database takes, comes as U+FFFD.
    mutating func string() throws(JSONSyntaxError) -> String {
        let (range, escaped) = try stringRange()
        let text = escaped ? JSONEscape.decode(bytes[range]) : String(decoding: bytes[range], as: UTF8.self)
        return text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// Passes over a number that starts here and gives its range.
    mutating func numberRange() throws(JSONSyntaxError) -> Range<Int> {
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else { throw problem(.badNumber) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw problem(.badNumber) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            // An exponent of more than three digits is no figure of a telephone system, and no database takes it.
            guard (1...3).contains(digits()) else { throw problem(.badNumber) }
        }
        return start..<position
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return position - start
    }

    /// Reads a word such as `null` when it comes next.
    mutating func take(word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard peek() != nil, position + length <= bytes.count else { return false }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { return false }
        position += length
        return true
    }

    /// Passes over whatever value comes next.
    mutating func skip(depth: Int = 0) throws(JSONSyntaxError) {
        guard depth < Self.deepest else { throw problem(.tooDeep) }
        switch peek() {
        case UInt8(ascii: "\""): _ = try stringRange()
        case UInt8(ascii: "{"): try skipMembers(depth: depth)
        case UInt8(ascii: "["): try skipElements(depth: depth)
        case UInt8(ascii: "t") where take(word: "true"): break
        case UInt8(ascii: "f") where take(word: "false"): break
        case UInt8(ascii: "n") where take(word: "null"): break
        case UInt8(ascii: "-"), .some(0x30...0x39): _ = try numberRange()
        default: throw problem(here())
        }
    }

    private mutating func skipMembers(depth: Int) throws(JSONSyntaxError) {
        position += 1
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try stringRange()
            try expect(UInt8(ascii: ":"))
            try skip(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func skipElements(depth: Int) throws(JSONSyntaxError) {
        position += 1
        if take(UInt8(ascii: "]")) { return }
        repeat { try skip(depth: depth + 1) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// Passes over an array element whose inside is broken: up to the comma or bracket that ends it, minding strings and
    /// nesting only. Throws at the end of the text: then not the element but the whole answer is broken.
    mutating func skipBrokenElement() throws(JSONSyntaxError) {
        var depth = 0
        var inString = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where inString: position += 1
            case UInt8(ascii: "\""): inString.toggle()
            case _ where inString: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ",") where depth == 0, UInt8(ascii: "]") where depth == 0: return
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
            default: break
            }
            position += 1
        }
        throw problem(.cutOff)
    }
}

/// Why and where a text is not the JSON that was expected. Holds no data.
struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    enum Reason: String {
        case cutOff = "the text is cut off"
        case unexpectedByte = "unexpected character"
        case badEscape = "unknown escape in a string"
        case badNumber = "not a number"
        case tooDeep = "nested too deeply"
        case notAnArray = "an array was expected"
        case notAnObject = "an object was expected"
        case trailing = "something follows the end"
    }
    var reason: Reason
    var offset: Int

    var description: String { "\(reason.rawValue) at byte \(offset)" }
}
