/// Merging two rows that mean the same person or company.
extension WriteContext {
    static let mergeable: Set<String> = ["account", "contact", "lead"]

    /// What pointed at the loser points at the winner; the loser becomes inactive and remembers the winner.
    mutating func merge(_ loser: Reference, into winner: Reference, _ content: Payload) throws(WebError) {
        let table = schema[winner.table]
        guard Self.mergeable.contains(table.logicalName), loser.table == winner.table else {
            throw .argument("Rows of '\(schema[loser.table].logicalName)' and '\(table.logicalName)' can't be merged.")
        }
        guard loser.id != winner.id else {
            throw WebError(400, "0x80040252", "Merge cannot be performed on master and sub-entities that are the same.")
        }
        guard let state = table.stateCode, let master = store.row(winner), let other = store.row(loser) else { return }
        guard master[state] == .integer(0), other[state] == .integer(0) else {
            throw WebError(400, "0x80040254", "Merge is not allowed: one of the records is not active.")
        }
        if !content.values.isEmpty { try update(winner.id, content, in: table) }
        try repoint(from: loser, to: winner)
        let last = table.states[table.states.count - 1]
        let status = last.statuses[last.statuses.count - 1].value
        var end = Payload()
        end.values = [(state, .integer(last.value)), (table.statusCode!, .integer(status))]
        try update(loser.id, end, in: table)
        store.update(loser.id, in: table.index) { values in
            values[table.column("masterid")] = .lookup(winner)
            values[table.column("merged")] = .bool(true)
        }
    }

    private func repoint(from loser: Reference, to winner: Reference) throws(WebError) {
        let name = schema[winner.table].logicalName
        for table in schema.tables where !table.isDropped && !table.isVirtual {
            for (position, column) in table.columns.enumerated() where !column.isDropped && column.name != "masterid" {
                guard case .lookup(let targets) = column.kind, targets.contains(name) else { continue }
                let rows = store[table.index]
                let slots = rows.isIndexed(position) ? rows.slots(column: position, loser.id) : Array(rows.slots)
                for slot in slots {
                    guard let row = rows.row(at: slot), row[position].reference == loser, row.id != loser.id else { continue }
                    store.update(row.id, in: table.index) { $0[position] = .lookup(winner) }
                }
            }
        }
    }
}
