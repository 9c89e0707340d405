extension Bool: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .bool }

    public func encode(into parameter: inout ParameterEncoder) throws {
        if parameter.type == .bool {
            parameter.binary(UInt8(self ? 1 : 0))
        } else {
            parameter.text(self ? "true" : "false")
        }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, cell.type == .bool, cell.count == 1, !cell.isText else { throw cell.mismatch("Bool") }
        self = cell.integer(as: UInt8.self) != 0
    }
}
