/// A Swift type whose arrays can be parameters. Every `PostgresEncodable` is one; `UInt8` is one because its arrays are bytea.
public protocol PostgresArrayEncodable: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encode(array: [Self], into parameter: inout ParameterEncoder) throws
}

/// A Swift type whose arrays can be read from a column.
public protocol PostgresArrayDecodable: Sendable {
    static func decodeArray(from cell: Cell) throws -> [Self]
}

extension Array: PostgresArrayEncodable where Element: PostgresArrayEncodable {}
extension Array: PostgresEncodable where Element: PostgresArrayEncodable {
    public static var postgresType: PostgresType { Element.postgresArrayType }
    public func encode(into parameter: inout ParameterEncoder) throws { try Element.encode(array: self, into: &parameter) }
}

extension Array: PostgresArrayDecodable where Element: PostgresArrayDecodable {}
extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
    public init(from cell: Cell) throws { self = try Element.decodeArray(from: cell) }
}

extension PostgresEncodable {
    public static var postgresArrayType: PostgresType { postgresType.array }

    public static func encode(array: [Self], into parameter: inout ParameterEncoder) throws {
        let type = parameter.type
        defer { parameter.type = type }
        let start = parameter.buffer.count
        if let element = type.element {
            parameter.type = element
            if try encodeBinary(array, into: &parameter) { return }
            parameter.buffer.truncate(to: start)
        }
        // The array of a type we don't know (an enum, say), or elements without a binary form of their own.
        parameter.type = .unspecified
        try encodeText(array, into: &parameter)
    }

    /// False when an element gave text where the binary form is something else.
    private static func encodeBinary(_ array: [Self], into parameter: inout ParameterEncoder) throws -> Bool {
        let start = parameter.buffer.count
        parameter.buffer.append(Int32(array.isEmpty ? 0 : 1))
        parameter.buffer.append(Int32(0))
        parameter.buffer.append(parameter.type.rawValue)
        if !array.isEmpty {
            parameter.buffer.append(Int32(array.count))
            parameter.buffer.append(Int32(1))
        }
        for value in array {
            let length = parameter.buffer.count
            parameter.buffer.append(Int32(-1))
            try value.encode(into: &parameter)
            switch parameter.form {
            case .null: parameter.buffer.overwrite(Int32(1), at: start + 4)
            case .text where !parameter.type.isText: return false
            case .text, .binary:
                parameter.buffer.overwrite(Int32(parameter.buffer.count - length - 4), at: length)
            }
        }
        parameter.form = .binary
        return true
    }

    /// The literal form, `{"a","b",NULL}`, every element quoted.
    private static func encodeText(_ array: [Self], into parameter: inout ParameterEncoder) throws {
        var literal: [UInt8] = [UInt8(ascii: "{")]
        for (index, value) in array.enumerated() {
            if index > 0 { literal.append(UInt8(ascii: ",")) }
            let start = parameter.buffer.count
            try value.encode(into: &parameter)
            if case .null = parameter.form {
                literal.append(contentsOf: "NULL".utf8)
            } else {
                literal.append(UInt8(ascii: "\""))
                for byte in parameter.buffer.bytes[start...] {
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { literal.append(UInt8(ascii: "\\")) }
                    literal.append(byte)
                }
                literal.append(UInt8(ascii: "\""))
            }
            parameter.buffer.truncate(to: start)
        }
        literal.append(UInt8(ascii: "}"))
        literal.withUnsafeBytes { parameter.text($0) }
    }
}

extension PostgresDecodable {
    public static func decodeArray(from cell: Cell) throws -> [Self] {
        guard !cell.isNull, !cell.isText, cell.count >= 12 else { throw cell.mismatch("[\(Self.self)]") }
        let dimensions: Int32 = cell.integer(at: 0)
        let type = PostgresType(rawValue: cell.integer(at: 8))
        if dimensions == 0 { return [] }
        guard dimensions == 1, cell.count >= 20 else { throw cell.mismatch("[\(Self.self)]") }
        let count = Int(cell.integer(at: 12, as: Int32.self))
        var values: [Self] = []
        values.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= cell.count else { throw cell.mismatch("[\(Self.self)]") }
            let length = Int(cell.integer(at: offset, as: Int32.self))
            offset += 4
            guard offset + max(0, length) <= cell.count else { throw cell.mismatch("[\(Self.self)]") }
            values.append(try Self(from: cell.part(at: offset, count: length, type: type)))
            offset += max(0, length)
        }
        return values
    }
}
