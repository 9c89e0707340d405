/// What a statement returned. Values are decoded when they are asked for; the memory is freed with the last reference.
public struct Rows: RandomAccessCollection, Sendable {
    let storage: ResultStorage

    public var startIndex: Int { 0 }
    public var endIndex: Int { storage.rows }
    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < endIndex, "row index out of range")
        return Row(storage: storage, index: position)
    }

    /// Rows inserted, updated, deleted, selected or copied; 0 for other commands.
    public var affected: Int { storage.affected }

    /// Names of the columns, in order.
    public var columns: [String] { (0..<storage.columns).map(storage.name) }

    /// Types of the columns, in order.
    public var types: [PostgresType] { (0..<storage.columns).map { storage.type(of: $0) } }
}
