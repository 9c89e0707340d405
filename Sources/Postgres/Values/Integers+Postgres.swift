extension Int16: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int2 }
    public func encode(into parameter: inout ParameterEncoder) throws { try encodeInteger(self, into: &parameter) }
    public init(from cell: Cell) throws { self = try decodeInteger(cell) }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int4 }
    public func encode(into parameter: inout ParameterEncoder) throws { try encodeInteger(self, into: &parameter) }
    public init(from cell: Cell) throws { self = try decodeInteger(cell) }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into parameter: inout ParameterEncoder) throws { try encodeInteger(self, into: &parameter) }
    public init(from cell: Cell) throws { self = try decodeInteger(cell) }
}

extension Int: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into parameter: inout ParameterEncoder) throws { try encodeInteger(self, into: &parameter) }
    public init(from cell: Cell) throws { self = try decodeInteger(cell) }
}

@inline(__always)
private func encodeInteger<T: FixedWidthInteger>(_ value: T, into parameter: inout ParameterEncoder) throws {
    switch parameter.type {
    case .int8: parameter.binary(Int64(value))
    case .int4:
        guard let value = Int32(exactly: value) else { throw parameter.mismatch("an integer beyond int4") }
        parameter.binary(value)
    case .int2:
        guard let value = Int16(exactly: value) else { throw parameter.mismatch("an integer beyond int2") }
        parameter.binary(value)
    case .oid:
        guard let value = UInt32(exactly: value) else { throw parameter.mismatch("an integer beyond oid") }
        parameter.binary(value)
    case .float8: parameter.binary(Double(value).bitPattern)
    default: parameter.text(String(value))
    }
}

@inline(__always)
private func decodeInteger<T: FixedWidthInteger>(_ cell: Cell) throws -> T {
    guard !cell.isNull, !cell.isText else { throw cell.mismatch("\(T.self)") }
    let value: T?
    switch (cell.type, cell.count) {
    case (.int8, 8): value = T(exactly: cell.integer(as: Int64.self))
    case (.int4, 4): value = T(exactly: cell.integer(as: Int32.self))
    case (.int2, 2): value = T(exactly: cell.integer(as: Int16.self))
    case (.oid, 4): value = T(exactly: cell.integer(as: UInt32.self))
    // sum() of int8 and extract() are numeric.
    case (.numeric, _): value = try T(Numeric(from: cell).integralText)
    default: value = nil
    }
    guard let value else { throw cell.mismatch("\(T.self)") }
    return value
}
