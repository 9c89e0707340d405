/// One row: its key, its version and its columns in the order of the table.
struct StoredRow {
    var id: Guid
    var version: Int64
    /// Empty for a generated row.
    var values: [CellValue]
    /// Where a row comes from that was never written.
    private(set) var origin: RowGenerator?
    private(set) var ordinal: Int32 = 0

    init(id: Guid, version: Int64, values: [CellValue]) {
        self.id = id
        self.version = version
        self.values = values
    }

    init(id: Guid, version: Int64, origin: RowGenerator, ordinal: Int32) {
        self.init(id: id, version: version, values: [])
        self.origin = origin
        self.ordinal = ordinal
    }

    var isGenerated: Bool { origin != nil }

    /// Null for columns that were added to the table after the row.
    subscript(column: Int) -> CellValue {
        if let origin { return origin.value(column, of: ordinal) }
        return column < values.count ? values[column] : .null
    }

    /// The row with its columns written out, as many as the table has.
    func written(width: Int) -> StoredRow {
        if origin == nil, values.count >= width { return self }
        return StoredRow(id: id, version: version, values: (0..<width).map { self[$0] })
    }
}

/// Computes rows from their number, so that a million of them take no room.
class RowGenerator {
    func id(of ordinal: Int32) -> Guid { preconditionFailure("overridden") }
    func value(_ column: Int, of ordinal: Int32) -> CellValue { preconditionFailure("overridden") }
    /// The row with a key; nil for keys of others.
    func ordinal(of id: Guid) -> Int32? { preconditionFailure("overridden") }
    /// Rows that may hold a folded text in a column.
    func ordinals(column: Int, folded text: String) -> [Int32] { preconditionFailure("overridden") }
    /// Rows that may point at another row in a column.
    func ordinals(column: Int, _ guid: Guid) -> [Int32] { preconditionFailure("overridden") }
}

/// Generated rows that stand one after the other in a table.
struct GeneratedBlock {
    let start: Int32
    let count: Int32
    /// The version of the first; the others follow.
    let version: Int64
    let generator: RowGenerator

    var end: Int32 { start + count }

    func row(at slot: Int32) -> StoredRow {
        let ordinal = slot - start
        return StoredRow(id: generator.id(of: ordinal), version: version + Int64(ordinal), origin: generator, ordinal: ordinal)
    }

    func slot(_ id: Guid) -> Int32? {
        guard let ordinal = generator.ordinal(of: id), ordinal < count else { return nil }
        return start + ordinal
    }
}
