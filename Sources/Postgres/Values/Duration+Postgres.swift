extension Duration: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .interval }

    /// As microseconds: an interval without days or months. For a number type: seconds.
    public func encode(into parameter: inout ParameterEncoder) throws {
        let (seconds, attoseconds) = components
        switch parameter.type {
        case .interval:
            let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            guard !overflow else { throw parameter.mismatch("a duration of over 290,000 years") }
            parameter.binary(product + attoseconds / 1_000_000_000_000)
            parameter.binary(Int32(0))
            parameter.binary(Int32(0))
        case .float8: parameter.binary((Double(seconds) + Double(attoseconds) / 1e18).bitPattern)
        case .numeric: parameter.text("\(Double(seconds) + Double(attoseconds) / 1e18)")
        default: parameter.text("\(Double(seconds) + Double(attoseconds) / 1e18) seconds")
        }
    }

    /// Days count 24 hours. Throws for an interval with months, whose length is not fixed.
    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText, cell.type == .interval, cell.count == 16, cell.integer(at: 12, as: Int32.self) == 0
        else {
            throw cell.mismatch("Duration")
        }
        self = .microseconds(cell.integer(at: 0, as: Int64.self)) + .seconds(86_400 * Int64(cell.integer(at: 8, as: Int32.self)))
    }
}
