/// One row: its key, its version and its columns in the order of the table.
struct StoredRow {
    var id: Guid
    var version: Int64
    var values: [CellValue]

    /// Null for columns that were added to the table after the row.
    subscript(column: Int) -> CellValue {
        column < values.count ? values[column] : .null
    }
}

/// The rows of one table, by key and by its indexed columns. A deleted row leaves its place empty, so that the order of
/// creation stays.
final class TableStore {
    let definition: TableDefinition
    private(set) var rows: [StoredRow?] = []
    private(set) var byID: [Guid: Int32] = [:]
    /// By column.
    private var indexes: [(column: Int, index: HashIndex)] = []
    /// Deleted rows with the version of their deletion, for change tracking.
    private(set) var deletions: [(id: Guid, version: Int64)] = []

    init(_ definition: TableDefinition) {
        self.definition = definition
        for (position, column) in definition.columns.enumerated() where column.indexed { indexes.append((position, HashIndex())) }
    }

    var count: Int { byID.count }

    func slot(_ id: Guid) -> Int32? { byID[id] }

    func row(_ id: Guid) -> StoredRow? {
        guard let slot = byID[id] else { return nil }
        return rows[Int(slot)]
    }

    func row(at slot: Int32) -> StoredRow? { rows[Int(slot)] }

    func isIndexed(_ column: Int) -> Bool { column == 0 || index(of: column) != nil }

    private func index(of column: Int) -> HashIndex? {
        indexes.first { $0.column == column }?.index
    }

    func slots(column: Int, folded text: String) -> [Int32] { index(of: column)?.slots(folded: text) ?? [] }

    func slots(column: Int, _ guid: Guid) -> [Int32] {
        if column == 0 { return byID[guid].map { [$0] } ?? [] }
        return index(of: column)?.slots(guid) ?? []
    }

    @discardableResult
    func insert(_ row: StoredRow) -> Int32 {
        let slot = Int32(rows.count)
        rows.append(row)
        byID[row.id] = slot
        for (column, index) in indexes { index.insert(row[column], slot) }
        return slot
    }

    /// Puts another version in the place of a row; the key stays.
    func replace(at slot: Int32, with row: StoredRow) {
        let old = rows[Int(slot)]
        for (column, index) in indexes {
            let before = old?[column] ?? .null
            let after = row[column]
            if before == after { continue }
            index.remove(before, slot)
            index.insert(after, slot)
        }
        rows[Int(slot)] = row
    }

    @discardableResult
    func remove(at slot: Int32) -> StoredRow? {
        guard let row = rows[Int(slot)] else { return nil }
        for (column, index) in indexes { index.remove(row[column], slot) }
        byID[row.id] = nil
        rows[Int(slot)] = nil
        return row
    }

    /// Undoes a removal.
    func restore(_ row: StoredRow, at slot: Int32) {
        if let place = deletions.lastIndex(where: { $0.id == row.id }) { deletions.remove(at: place) }
        rows[Int(slot)] = row
        byID[row.id] = slot
        for (column, index) in indexes { index.insert(row[column], slot) }
    }

    /// Undoes an insertion.
    func forget(at slot: Int32) {
        remove(at: slot)
        if Int(slot) == rows.count - 1 { rows.removeLast() }
    }

    func recordDeletion(_ id: Guid, version: Int64) {
        deletions.append((id, version))
    }
}
