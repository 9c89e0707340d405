/// Messages that write many rows of one table in one transaction.
enum BulkMessage: String {
    case create = "CreateMultiple"
    case update = "UpdateMultiple"
    case upsert = "UpsertMultiple"
    case delete = "DeleteMultiple"
}

extension Execution {
    func perform(
        _ message: BulkMessage, on table: TableDefinition, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        guard operation.method == "POST" else { throw .method(operation.method) }
        guard table.takesBulkMessages, !table.isVirtual else {
            throw .unknownAction("Microsoft.Dynamics.CRM.\(message.rawValue)")
        }
        if message == .delete { throw WebError(400, "0x80040216", "DeleteMultiple has not yet been implemented.") }
        var context = context
        let parameters = try ActionParameters(message.rawValue, operation.body, context)
        guard case .array(let targets) = try parameters.required("Targets"), !targets.isEmpty else {
            throw .argument("'Targets' must be a list of rows.")
        }
        let ids = try store.transaction { () throws(WebError) in
            var ids: [Guid] = []
            for target in targets { ids.append(try write(target, message, table, &context)) }
            return ids
        }
        var cost = OperationCost(kind: message == .create ? .create : .update)
        cost.written = context.written
        cost.operations = targets.count
        guard message == .create else { return OperationResult(204, cost: cost) }
        return answer(
            of: message.rawValue, [.init(name: "Ids", value: .array(ids.map { .string($0.description) }))], cost: cost)
    }

    private func write(
        _ target: JSON, _ message: BulkMessage, _ table: TableDefinition, _ context: inout WriteContext
    ) throws(WebError) -> Guid {
        guard case .object(let object) = target,
            try ActionParameters.type(of: target, "Targets", context).index == table.index
        else { throw .argument("All targets must be rows of '\(table.logicalName)'.") }
        var payload = try PayloadReader(context: context, table: table).read(object)
        if message == .create { return try context.create(payload, in: table, id: payload.id) }
        var id = payload.id
        if message == .upsert, let url = object["@odata.id"]?.string {
            (id, payload) = try keyed(url, payload, table)
        }
        if let id, store[table.index].slot(id) != nil {
            try context.update(id, payload, in: table)
            return id
        }
        if message == .upsert { return try context.create(payload, in: table, id: id) }
        guard let id else { throw .argument("The key '\(table.keyName)' of a target is missing.") }
        throw WebError(404, "0x80040217", "\(table.schemaName) With Ids = \(id) Do Not Exist")
    }

    /// The row `@odata.id` names, if it is there, and the payload with the key's columns or without them.
    private func keyed(
        _ url: String, _ payload: Payload, _ table: TableDefinition
    ) throws(WebError) -> (id: Guid?, payload: Payload) {
        let path = ServiceRoot.end(of: url[...]).map { url[$0...] } ?? url.drop { $0 == "/" }
        guard case .row(let named, let key) = try ResourceReader(schema: schema).read(path), named.index == table.index else {
            throw .unknownPath
        }
        let found = try RowFinder(store: store).find(key, in: table)
        guard case .alternate = key else { return (found, payload) }
        if found != nil { return (found, withoutKeys(payload, key)) }
        return (payload.id, try withKeys(payload, key, table))
    }
}
