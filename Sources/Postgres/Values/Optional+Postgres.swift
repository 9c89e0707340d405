extension Optional: PostgresArrayEncodable where Wrapped: PostgresEncodable {}
extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public static var postgresType: PostgresType { Wrapped.postgresType }

    public func encode(into parameter: inout ParameterEncoder) throws {
        switch self {
        case .none: parameter.null()
        case .some(let value): try value.encode(into: &parameter)
        }
    }
}

extension Optional: PostgresArrayDecodable where Wrapped: PostgresDecodable {}
extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(from cell: Cell) throws { self = cell.isNull ? .none : .some(try Wrapped(from: cell)) }
}
