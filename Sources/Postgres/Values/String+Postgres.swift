internal import FoundationEssentials

extension String: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .text }

    /// The text form of whatever type the server expects: a string can stand for an enum, an interval, an inet address, and so on.
    /// Throws for text with a zero byte, which PostgreSQL can't store.
    public func encode(into parameter: inout ParameterEncoder) throws {
        guard !utf8.contains(0) else { throw parameter.mismatch("text with a zero byte") }
        parameter.text(self)
    }

    /// Text, and the text form of enums, uuid, json, jsonb, numeric, bool and the integers.
    public init(from cell: Cell) throws {
        guard !cell.isNull else { throw cell.mismatch("String") }
        if cell.type.isText || cell.isText {
            self = cell.text
            return
        }
        switch cell.type {
        case .jsonb: self = try JSONB(from: cell).text
        case .uuid: self = try UUID(from: cell).uuidString.lowercased()
        case .numeric: self = try Numeric(from: cell).text
        case .int8, .int4, .int2, .oid: self = String(try Int64(from: cell))
        case .bool: self = try Bool(from: cell) ? "true" : "false"
        case .date: self = try CalendarDate(from: cell).description
        case .void: self = ""
        case .bytea, .float4, .float8, .timestamp, .timestamptz, .time, .interval, .inet: throw cell.mismatch("String")
        default:
            // An enum's binary form is its label. Arrays and composites are not text.
            guard cell.type.element == nil, let text = try cell.withBytes({ String(validating: $0, as: UTF8.self) }) else {
                throw cell.mismatch("String")
            }
            self = text
        }
    }
}

extension Substring: PostgresEncodable {
    public static var postgresType: PostgresType { .text }
    public func encode(into parameter: inout ParameterEncoder) throws { try String(self).encode(into: &parameter) }
}

// Enumerations over a string or an integer: declare the conformance, this does the rest.
extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public static var postgresType: PostgresType { RawValue.postgresType }
    public func encode(into parameter: inout ParameterEncoder) throws { try rawValue.encode(into: &parameter) }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public init(from cell: Cell) throws {
        guard let value = Self(rawValue: try RawValue(from: cell)) else { throw cell.mismatch("\(Self.self)") }
        self = value
    }
}
