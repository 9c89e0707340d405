/// All rows of the environment, one global row version, and the undo log of the running transaction.
final class Store {
    let schema: Schema
    private(set) var tables: [TableStore]
    /// The row version last given.
    private(set) var version: Int64 = 1_000_000
    var random: SeededRandom

    private enum Undo {
        case inserted(TableIndex, Int32)
        case replaced(TableIndex, Int32, StoredRow)
        case removed(TableIndex, Int32, StoredRow)
        case drafted(Guid, Draft?)
    }

    private var undo: [Undo] = []
    /// What forms and views would be once they are published, by their row.
    private(set) var drafts: [Guid: Draft] = [:]
    /// Whether writes are noted for those who want to be told.
    var tellsWrites = false
    private var events: [WriteEvent] = []
    /// Transactions within transactions.
    private var depth = 0

    init(schema: Schema, seed: UInt64) {
        self.schema = schema
        tables = schema.tables.map { TableStore($0) }
        random = SeededRandom(seed: seed)
    }

    subscript(_ index: TableIndex) -> TableStore { tables[Int(index.rawValue)] }

    func table(_ logicalName: String) -> TableStore? {
        schema.byLogicalName[logicalName].map { self[$0.index] }
    }

    /// Takes up a table that was made while running.
    func add(_ table: TableDefinition) {
        schema.add(table)
        tables.append(TableStore(table))
    }

    func row(_ reference: Reference) -> StoredRow? {
        self[reference.table].row(reference.id)
    }

    // MARK: Transactions

    /// Runs a body whose writes all stand or all fall.
    func transaction<R>(_ body: () throws(WebError) -> R) throws(WebError) -> R {
        let mark = undo.count
        let told = events.count
        depth += 1
        defer { depth -= 1 }
        do {
            let result = try body()
            if depth == 1 { undo.removeAll(keepingCapacity: true) }
            return result
        } catch {
            rollback(to: mark)
            events.removeLast(events.count - told)
            throw error
        }
    }

    private func rollback(to mark: Int) {
        while undo.count > mark {
            switch undo.removeLast() {
            case .inserted(let table, let slot): self[table].forget(at: slot)
            case .replaced(let table, let slot, let row): self[table].replace(at: slot, with: row)
            case .removed(let table, let slot, let row): self[table].restore(row, at: slot)
            case .drafted(let id, let draft): drafts[id] = draft
            }
        }
    }

    // MARK: Writes (inside a transaction)

    func nextVersion() -> Int64 {
        version += 1
        return version
    }

    /// The first of many versions in a row.
    func nextVersions(_ count: Int) -> Int64 {
        defer { version += Int64(count) }
        return version + 1
    }

    func note(_ event: WriteEvent) { events.append(event) }

    /// What was written since the last call and stands.
    func takeEvents() -> [WriteEvent] {
        defer { events.removeAll() }
        return events
    }

    func insert(_ id: Guid, _ values: [CellValue], into table: TableIndex) {
        let slot = self[table].insert(StoredRow(id: id, version: nextVersion(), values: values))
        undo.append(.inserted(table, slot))
    }

    /// Changes a row in place and gives it a new version.
    func update(_ id: Guid, in table: TableIndex, _ change: (inout [CellValue]) -> Void) {
        let store = self[table]
        guard let slot = store.slot(id), let before = store.row(at: slot) else { return }
        var after = before.written(width: store.definition.columns.count)
        change(&after.values)
        after.version = nextVersion()
        store.replace(at: slot, with: after)
        undo.append(.replaced(table, slot, before))
    }

    func draft(of id: Guid) -> Draft? { drafts[id] }

    func keep(_ draft: Draft?, for id: Guid) {
        undo.append(.drafted(id, drafts[id]))
        drafts[id] = draft
    }

    func remove(_ id: Guid, from table: TableIndex) {
        let store = self[table]
        if drafts[id] != nil { keep(nil, for: id) }
        guard let slot = store.slot(id), let row = store.remove(at: slot) else { return }
        store.recordDeletion(id, version: nextVersion())
        undo.append(.removed(table, slot, row))
    }
}

/// Columns of a row that were changed and not yet published.
struct Draft {
    var table: TableIndex
    var values: [Int: CellValue]
}
