/// Reads JSON into ``ODataValue``: one pass over the bytes, no intermediate objects.
///
/// Strict about structure and lenient about white space and a byte order mark. Nesting is limited, so that no answer can exhaust the stack.
struct ODataReader {
    /// The answer is not JSON; `offset` is where it stopped making sense.
    struct Malformed: Error, Hashable {
        var offset: Int
    }

    static func value(_ bytes: [UInt8]) throws -> ODataValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var reader = ODataReader(buffer)
            return try reader.document()
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private let deepest = 64

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func document() throws -> ODataValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw malformed }
        return value
    }

    private var malformed: Malformed { Malformed(offset: index) }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws -> ODataValue {
        skipSpace()
        guard index < bytes.count, depth <= deepest else { throw malformed }
        switch bytes[index] {
        case 0x7B: return .object(try object(depth: depth))
        case 0x5B: return .array(try array(depth: depth))
        case 0x22: return .string(try string())
        case 0x74:
            try word("true")
            return .bool(true)
        case 0x66:
            try word("false")
            return .bool(false)
        case 0x6E:
            try word("null")
            return .null
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws -> ODataRow {
        index += 1
        var members: [ODataRow.Member] = []
        skipSpace()
        if take(0x7D) { return ODataRow() }
        members.reserveCapacity(8)
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x22 else { throw malformed }
            let name = try string()
            skipSpace()
            guard take(0x3A) else { throw malformed }
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if take(0x2C) { continue }
            guard take(0x7D) else { throw malformed }
            return ODataRow(members: members)
        }
    }

    private mutating func array(depth: Int) throws -> [ODataValue] {
        index += 1
        var values: [ODataValue] = []
        skipSpace()
        if take(0x5D) { return values }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take(0x2C) { continue }
            guard take(0x5D) else { throw malformed }
            return values
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func word(_ text: StaticString) throws {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count else { throw malformed }
        for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { throw malformed }
        index += count
    }

    private mutating func number() throws -> String {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: index += 1
            default:
                guard index > start else { throw malformed }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            }
        }
        guard index > start else { throw malformed }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func string() throws -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != 0x22, bytes[index] != 0x5C { index += 1 }
        guard index < bytes.count else { throw malformed }
        if bytes[index] == 0x22 {
            index += 1
            return String(decoding: bytes[start..<index - 1], as: UTF8.self)
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws -> String {
        var text = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22: return String(decoding: text, as: UTF8.self)
            case 0x5C: try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw malformed
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard index < bytes.count else { throw malformed }
        let byte = bytes[index]
        index += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75: text.append(contentsOf: String(try scalar()).utf8)
        default: throw malformed
        }
    }

    /// After `\u`; joins surrogate pairs, and puts the replacement character for a lone half.
    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try hexQuad()
        if first & 0xFC00 == 0xD800, index + 6 <= bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 {
            let mark = index
            index += 2
            let second = try hexQuad()
            if second & 0xFC00 == 0xDC00 {
                return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)) ?? "\u{FFFD}"
            }
            index = mark
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hexQuad() throws -> UInt32 {
        guard index + 4 <= bytes.count else { throw malformed }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[index + offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            default: throw malformed
            }
        }
        index += 4
        return value
    }
}

extension ODataValue {
    /// Reads one JSON document; nil when it is none.
    public init?(json bytes: [UInt8]) {
        guard let value = try? ODataReader.value(bytes) else { return nil }
        self = value
    }
}

extension ODataPage {
    /// Reads a collection answer, or a single row as a page of one; nil when it is neither.
    public init?(json bytes: [UInt8]) {
        guard case .object(let document)? = ODataValue(json: bytes) else { return nil }
        guard let value = document["value"], let array = value.array else {
            self.init(rows: [document])
            return
        }
        self.init(
            rows: array.compactMap(\.row), nextLink: document.string("@odata.nextLink"),
            deltaLink: document.string("@odata.deltaLink"), count: document.int("@odata.count"))
    }
}
