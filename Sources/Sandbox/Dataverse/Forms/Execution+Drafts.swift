// What was changed and not yet published.
extension WriteContext {
    /// Keeps a change of a form or view until it is published. Inside a transaction; the row exists.
    mutating func draft(_ id: Guid, _ payload: Payload, in table: TableDefinition) throws(WebError) {
        guard let row = store[table.index].row(id) else { throw .missing(table, id) }
        var values = store.draft(of: id)?.values ?? [:]
        for (column, value) in payload.values where table.columns[column].access.contains(.update) { values[column] = value }
        var whole = row.written(width: table.columns.count).values
        for (column, value) in values { whole[column] = value }
        try FormRules(store: store).check(table, whole)
        store.keep(Draft(table: table.index, values: values), for: id)
        written.append(reference(table, id))
    }
}

extension Execution {
    /// `GET {set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()`: the same query over what would be published.
    func unpublished(_ table: TableDefinition, _ operation: Operation, _ caller: Guid) throws(WebError) -> OperationResult {
        guard operation.method == "GET" else { throw .method(operation.method) }
        var result: OperationResult?
        do throws(WebError) {
            // The drafts stand in their rows' places while the query runs, and are taken out again.
            try store.transaction { () throws(WebError) in
                for (id, draft) in store.drafts where draft.table == table.index {
                    store.update(id, in: table.index) { values in
                        for (column, value) in draft.values { values[column] = value }
                        values[table.column("componentstate")] = .integer(1)
                    }
                }
                result = try query(table, operation, caller)
                throw .unknownPath
            }
        } catch {
            guard result != nil else { throw error }
        }
        return result ?? OperationResult(204)
    }

    /// - Parameter tables: nil: of all tables.
    func publish(_ tables: [String]?) throws(WebError) {
        try store.transaction { () throws(WebError) in
            for (id, draft) in store.drafts {
                let definition = schema[draft.table]
                let owner = TableDefinition.drafted[definition.logicalName].flatMap { definition.column($0) }
                guard let owner, let shown = store[draft.table].row(id)?[owner].text, tables?.contains(shown) ?? true else {
                    continue
                }
                store.update(id, in: draft.table) { values in
                    for (column, value) in draft.values { values[column] = value }
                }
                store.keep(nil, for: id)
            }
        }
    }
}
