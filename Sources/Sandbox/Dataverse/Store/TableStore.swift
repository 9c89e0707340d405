/// The rows of one table, by key and by its indexed columns. A deleted row leaves its place empty, so that the order of
/// creation stays. Generated rows take a place without a row until somebody writes them.
final class TableStore {
    private enum Place {
        case empty
        case generated
        case stored(StoredRow)
    }

    let definition: TableDefinition
    private var places: [Place] = []
    private var blocks: [GeneratedBlock] = []
    /// Rows that were not generated.
    private var byID: [Guid: Int32] = [:]
    /// By column.
    private var indexes: [(column: Int, index: HashIndex)] = []
    /// Deleted rows with the version of their deletion, for change tracking.
    private(set) var deletions: [(id: Guid, version: Int64)] = []
    private(set) var count = 0

    init(_ definition: TableDefinition) {
        self.definition = definition
        for (position, column) in definition.columns.enumerated() where column.indexed { indexes.append((position, HashIndex())) }
    }

    /// Places, empty ones as well.
    var slots: Range<Int32> { 0..<Int32(places.count) }

    /// Every row in the order of creation, made as it is asked for.
    var rows: some Sequence<StoredRow> { slots.lazy.compactMap { self.row(at: $0) } }

    func slot(_ id: Guid) -> Int32? {
        if let slot = byID[id] { return slot }
        for block in blocks {
            guard let slot = block.slot(id) else { continue }
            if case .empty = places[Int(slot)] { return nil }
            return slot
        }
        return nil
    }

    func row(_ id: Guid) -> StoredRow? {
        slot(id).flatMap { row(at: $0) }
    }

    func row(at slot: Int32) -> StoredRow? {
        switch places[Int(slot)] {
        case .empty: nil
        case .stored(let row): row
        case .generated: blocks.first { slot < $0.end }?.row(at: slot)
        }
    }

    /// Places of the rows that have changed after a version, in the order of their versions.
    func slots(changedAfter version: Int64, upTo last: Int64) -> [Int32] {
        var found: [(slot: Int32, version: Int64)] = []
        var block = 0
        for (place, content) in places.enumerated() {
            let changed: Int64
            switch content {
            case .empty: continue
            case .stored(let row): changed = row.version
            case .generated:
                while blocks[block].end <= place { block += 1 }
                changed = blocks[block].version + Int64(Int32(place) - blocks[block].start)
            }
            if changed > version, changed <= last { found.append((Int32(place), changed)) }
        }
        return found.sorted { $0.version < $1.version }.map(\.slot)
    }

    // MARK: Indexes

    func isIndexed(_ column: Int) -> Bool { column == 0 || index(of: column) != nil }

    private func index(of column: Int) -> HashIndex? {
        indexes.first { $0.column == column }?.index
    }

    /// Begins an index over rows that are there already.
    func addIndex(_ column: Int) {
        guard !isIndexed(column) else { return }
        let index = HashIndex()
        for slot in slots {
            if case .stored(let row) = places[Int(slot)] { index.insert(row[column], slot) }
        }
        indexes.append((column, index))
    }

    func slots(column: Int, folded text: String) -> [Int32] {
        (index(of: column)?.slots(folded: text) ?? [])
            + generated { generator in
                generator.ordinals(column: column, folded: text).filter {
                    generator.value(column, of: $0).text.map { Folding.equals($0, folded: text) } ?? false
                }
            }
    }

    func slots(column: Int, _ guid: Guid) -> [Int32] {
        if column == 0 { return slot(guid).map { [$0] } ?? [] }
        return (index(of: column)?.slots(guid) ?? [])
            + generated { generator in
                generator.ordinals(column: column, guid).filter { generator.value(column, of: $0).guid == guid }
            }
    }

    private func generated(_ ordinals: (RowGenerator) -> [Int32]) -> [Int32] {
        var slots: [Int32] = []
        for block in blocks {
            for ordinal in ordinals(block.generator) where ordinal >= 0 && ordinal < block.count {
                if case .generated = places[Int(block.start + ordinal)] { slots.append(block.start + ordinal) }
            }
        }
        return slots
    }

    // MARK: Writes

    /// Adds rows that are computed when they are looked at.
    func add(_ generator: RowGenerator, count added: Int32, version: Int64) {
        blocks.append(GeneratedBlock(start: Int32(places.count), count: added, version: version, generator: generator))
        places.append(contentsOf: repeatElement(.generated, count: Int(added)))
        count += Int(added)
    }

    @discardableResult
    func insert(_ row: StoredRow) -> Int32 {
        let slot = Int32(places.count)
        places.append(.stored(row))
        byID[row.id] = slot
        count += 1
        for (column, index) in indexes { index.insert(row[column], slot) }
        return slot
    }

    /// Puts another version in the place of a row; the key stays.
    func replace(at slot: Int32, with row: StoredRow) {
        let old = self.row(at: slot)
        for (column, index) in indexes {
            let before = old.map { $0.isGenerated ? .null : $0[column] } ?? .null
            let after: CellValue = row.isGenerated ? .null : row[column]
            if before == after { continue }
            index.remove(before, slot)
            index.insert(after, slot)
        }
        places[Int(slot)] = row.isGenerated ? .generated : .stored(row)
    }

    @discardableResult
    func remove(at slot: Int32) -> StoredRow? {
        guard let row = row(at: slot) else { return nil }
        if !row.isGenerated { for (column, index) in indexes { index.remove(row[column], slot) } }
        byID[row.id] = nil
        places[Int(slot)] = .empty
        count -= 1
        return row
    }

    /// Undoes a removal.
    func restore(_ row: StoredRow, at slot: Int32) {
        if let place = deletions.lastIndex(where: { $0.id == row.id }) { deletions.remove(at: place) }
        count += 1
        guard !row.isGenerated else {
            places[Int(slot)] = .generated
            return
        }
        places[Int(slot)] = .stored(row)
        if !blocks.contains(where: { $0.start <= slot && slot < $0.end }) { byID[row.id] = slot }
        for (column, index) in indexes { index.insert(row[column], slot) }
    }

    /// Undoes an insertion.
    func forget(at slot: Int32) {
        remove(at: slot)
        if Int(slot) == places.count - 1 { places.removeLast() }
    }

    func recordDeletion(_ id: Guid, version: Int64) {
        deletions.append((id, version))
    }
}
