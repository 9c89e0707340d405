// What the queue messages do to rows.
extension WriteContext {
    /// Puts a row in a queue, or moves its active item there: the worker is taken off on the way. An item that is in
    /// that queue already stays as it is.
    mutating func enqueue(
        _ object: Reference, in queue: Guid, from source: Guid?, _ properties: Payload
    ) throws(WebError) -> Guid {
        guard let items = schema.byLogicalName["queueitem"], let queues = schema.byLogicalName["queue"],
            let queueColumn = items.column("queueid"), let objectColumn = items.column("objectid")
        else { throw .unknownPath }
        guard let item = activeQueueItem(of: object) else {
            if source != nil { throw .notInQueue }
            var payload = properties
            payload.values.removeAll { $0.column == queueColumn || $0.column == objectColumn }
            payload.values.append((queueColumn, .lookup(reference(queues, queue))))
            payload.values.append((objectColumn, .lookup(object)))
            return try create(payload, in: items, id: properties.id)
        }
        let current = item[queueColumn].guid
        if current == queue { return item.id }
        if let source, source != current { throw .notInQueue }
        try move(item, to: queue, properties)
        return item.id
    }

    mutating func move(_ item: StoredRow, to queue: Guid, _ properties: Payload = .init()) throws(WebError) {
        guard let queues = schema.byLogicalName["queue"] else { return }
        let target = CellValue.lookup(reference(queues, queue))
        try change(item) { table, values, now in
            for (column, value) in properties.values where table.columns[column].access.contains(.update) {
                values[column] = value
            }
            values[table.column("queueid")] = target
            values[table.column("enteredon")] = .date(now)
            if !values[table.column("workerid")].isNull { values[table.column("workeridmodifiedon")] = .date(now) }
            values[table.column("workerid")] = .null
        }
    }

    /// Nil takes the worker off.
    mutating func setWorker(of item: StoredRow, to worker: Reference?) throws(WebError) {
        if let state = schema.byLogicalName["queueitem"]?.stateCode, item[state] != .integer(0) { throw .notInQueue }
        try change(item) { table, values, now in
            values[table.column("workerid")] = worker.map { .lookup($0) } ?? .null
            values[table.column("workeridmodifiedon")] = .date(now)
        }
    }

    /// The queue a row stands for: itself, or the default queue of a user or team.
    func queue(of target: Reference) throws(WebError) -> Guid {
        let table = schema[target.table]
        if table.logicalName == "queue" { return target.id }
        guard let column = table.column("queueid"), let queue = store.row(target)?[column].guid else {
            throw .argument("The \(table.logicalName) has no queue.")
        }
        return queue
    }

    private mutating func change(
        _ item: StoredRow, _ body: (TableDefinition, inout [CellValue], Int64) -> Void
    ) throws(WebError) {
        guard let table = schema.byLogicalName["queueitem"] else { return }
        try require(.write, table)
        store.update(item.id, in: table.index) { values in
            body(table, &values, now)
            stampModification(of: table, &values)
        }
        written.append(reference(table, item.id))
        let told = ["queueid", "workerid", "enteredon", "workeridmodifiedon"].compactMap { table.column($0) }
        if let row = store[table.index].row(item.id) { tell(.update, table, item.id, told.map { ($0, row[$0]) }) }
    }

    /// Every user and every team has a private queue.
    mutating func createOwnQueue(of table: TableDefinition, _ id: Guid) {
        guard table.logicalName == "systemuser" || table.logicalName == "team", let column = table.column("queueid"),
            let queues = schema.byLogicalName["queue"], let row = store[table.index].row(id), row[column].isNull
        else { return }
        var values = [CellValue](repeating: .null, count: queues.columns.count)
        values[queues.column("name")] = .text("<\(store.name(of: reference(table, id)) ?? "")>")
        values[queues.column("queueviewtype")] = .integer(1)
        values[queues.stateCode] = .integer(0)
        values[queues.statusCode] = .integer(1)
        values[queues.owner] = .lookup(reference(table, id))
        values[table.logicalName == "team" ? queues.owningTeam : queues.owningUser] = .lookup(reference(table, id))
        values[queues.createdOn] = .date(now)
        values[queues.createdBy] = callerReference
        stampModification(of: queues, &values)
        let queue = store.random.guid()
        store.insert(queue, values, into: queues.index)
        store.update(id, in: table.index) { $0[column] = .lookup(Reference(table: queues.index, id: queue)) }
    }
}

extension WebError {
    static let notInQueue = WebError(400, "0x80040524", "The queue item was not found in the specified queue.")
}
