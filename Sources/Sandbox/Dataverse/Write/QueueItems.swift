extension WriteContext {
    /// A row is in at most one queue, and closed rows are in none.
    func checkQueueItem(_ table: TableDefinition, _ values: inout [CellValue]) throws(WebError) {
        guard table.logicalName == "queueitem" else { return }
        guard let object = values[table.column("objectid")].reference, values[table.column("queueid")].reference != nil else {
            throw .argument("A queue item needs a queue and an object.")
        }
        if activeQueueItem(of: object) != nil { throw .alreadyQueued }
        let definition = schema[object.table]
        if let state = definition.stateCode, let row = store.row(object), row[state] != .integer(0) {
            throw WebError(400, "0x8004051e", "Deactivated object cannot be added to queue.")
        }
        values[table.column("title")] = store.name(of: object).map { .text($0) } ?? .null
        values[table.column("objecttypecode")] = .integer(definition.typeCode)
    }

    /// A worker is stamped with its time, and an item becomes active again only when its object has no other.
    func checkQueueItem(
        _ before: StoredRow, _ table: TableDefinition, _ payload: Payload, _ values: inout [CellValue]
    ) throws(WebError) {
        guard table.logicalName == "queueitem", let state = table.stateCode else { return }
        if payload[table.column("workerid")] != nil { values[table.column("workeridmodifiedon")] = .date(now) }
        if before[state] != .integer(0), values[state] == .integer(0),
            let object = values[table.column("objectid")].reference, activeQueueItem(of: object) != nil
        {
            throw .alreadyQueued
        }
    }

    func activeQueueItem(of object: Reference) -> StoredRow? {
        guard let items = store.table("queueitem"), let column = items.definition.column("objectid"),
            let state = items.definition.stateCode
        else { return nil }
        return items.slots(column: column, object.id).compactMap { items.row(at: $0) }.first { $0[state] == .integer(0) }
    }

    func deactivateQueueItems(of object: Reference) {
        guard let definition = schema.byLogicalName["queueitem"], let state = definition.stateCode,
            let status = definition.statusCode
        else { return }
        while let item = activeQueueItem(of: object) {
            store.update(item.id, in: definition.index) { values in
                values[state] = .integer(1)
                values[status] = .integer(2)
            }
        }
    }
}

extension WebError {
    static let alreadyQueued = WebError(
        400, "0x80040526",
        "An active queue item already exists for the given object. Cannot create more than one active queue item for this object."
    )
}
