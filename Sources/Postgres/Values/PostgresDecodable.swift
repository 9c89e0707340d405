/// A Swift type that a column's value can be read as.
public protocol PostgresDecodable: PostgresArrayDecodable, Sendable {
    /// Reads the value; throws `PostgresError.Code.decoding` when it is NULL or does not fit.
    init(from cell: Cell) throws
}
