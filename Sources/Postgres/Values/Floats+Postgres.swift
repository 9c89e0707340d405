extension Double: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .float8 }

    public func encode(into parameter: inout ParameterEncoder) throws {
        switch parameter.type {
        case .float8: parameter.binary(bitPattern)
        case .float4: parameter.binary(Float(self).bitPattern)
        default: parameter.text(postgresText)
        }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText else { throw cell.mismatch("Double") }
        switch (cell.type, cell.count) {
        case (.float8, 8): self.init(bitPattern: cell.integer())
        case (.float4, 4): self.init(Float(bitPattern: cell.integer()))
        case (.int8, 8), (.int4, 4), (.int2, 2): self.init(try Int64(from: cell))
        case (.numeric, _):
            guard let value = Double(try Numeric(from: cell).text.lowercased()) else { throw cell.mismatch("Double") }
            self = value
        default: throw cell.mismatch("Double")
        }
    }

    /// As PostgreSQL reads it.
    var postgresText: String {
        isNaN ? "NaN" : self == .infinity ? "Infinity" : self == -.infinity ? "-Infinity" : description
    }
}

extension Float: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .float4 }

    public func encode(into parameter: inout ParameterEncoder) throws {
        switch parameter.type {
        case .float4: parameter.binary(bitPattern)
        case .float8: parameter.binary(Double(self).bitPattern)
        default: parameter.text(isFinite ? description : Double(self).postgresText)
        }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText, cell.type == .float4, cell.count == 4 else { throw cell.mismatch("Float") }
        self.init(bitPattern: cell.integer())
    }
}
