/// One row of a result.
public struct Row: Sendable {
    let storage: ResultStorage
    let index: Int

    /// Number of columns.
    public var count: Int { storage.columns }

    /// The value in a column, by position from 0.
    public subscript(column: Int) -> Cell {
        precondition(column >= 0 && column < storage.columns, "column index out of range")
        return storage.cell(row: index, column: column)
    }

    /// The value in the first column of this name. A name that the statement does not return is a programming error.
    public subscript(column: String) -> Cell {
        guard let number = storage.column(named: column) else { preconditionFailure("no column named \(column)") }
        return storage.cell(row: index, column: number)
    }

    /// All columns by position: `let (id, name) = try row.decode(Int64.self, String?.self)`.
    /// Throws `PostgresError.Code.decoding` where a value does not fit, or when fewer columns were returned than types are asked for.
    public func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws -> (repeat each T) {
        var column = 0
        return (repeat try next((each T).self, &column))
    }

    /// The first column of this name. Throws `PostgresError.Code.decoding` where the value does not fit or the column does not exist.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws -> T {
        guard let number = storage.column(named: column) else {
            throw PostgresError(.decoding, "the statement returned no column named \(column)")
        }
        return try T(from: storage.cell(row: index, column: number))
    }

    private func next<T: PostgresDecodable>(_: T.Type, _ column: inout Int) throws -> T {
        guard column < storage.columns else {
            throw PostgresError(.decoding, "the statement returned only \(storage.columns) columns")
        }
        defer { column += 1 }
        return try T(from: storage.cell(row: index, column: column))
    }
}
