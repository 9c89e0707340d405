extension WriteContext {
    /// Deletes a row and what lives and dies with it. Inside a transaction; the row exists.
    mutating func delete(_ id: Guid, from table: TableDefinition) throws(WebError) {
        try require(.delete, table)
        if table.logicalName == "systemuser" || table.logicalName == "businessunit" {
            throw WebError(405, "0x80040800", "The 'Delete' method does not support entities of type '\(table.logicalName)'.")
        }
        if table.logicalName == "queue", !rows(of: "queueitem", where: "queueid", is: id).isEmpty {
            throw WebError(405, "0x80040504", "The queue cannot be deleted because it has items.")
        }
        try loosenCustomLinks(to: id, table)
        store.remove(id, from: table.index)
        written.append(reference(table, id))
        tell(.delete, table, id, [])
        for (child, column) in [("activityparty", "activityid"), ("queueitem", "objectid"), ("annotation", "objectid")] {
            for row in rows(of: child, where: column, is: id) { store.remove(row.id, from: schema.byLogicalName[child]!.index) }
        }
        if table.logicalName == "phonecall" { return }
        // Activities regarding a row go with it; as a party it leaves its name behind.
        for row in rows(of: "phonecall", where: "regardingobjectid", is: id) {
            try delete(row.id, from: schema.byLogicalName["phonecall"]!)
        }
        loosenParties(of: id)
    }

    private func rows(of table: String, where column: String, is id: Guid) -> [StoredRow] {
        guard let rows = store.table(table), let column = rows.definition.column(column) else { return [] }
        return rows.slots(column: column, id).compactMap { rows.row(at: $0) }
    }

    /// What a customer's relationship says about the rows that point here.
    private mutating func loosenCustomLinks(to id: Guid, _ table: TableDefinition) throws(WebError) {
        for relationship in schema.customRelationships where relationship.referenced == table.logicalName {
            guard let other = schema.byLogicalName[relationship.referencing], let column = other.column(relationship.column)
            else {
                continue
            }
            for row in rows(of: other.logicalName, where: relationship.column, is: id) {
                switch relationship.cascade["Delete"]?.string {
                case "Restrict":
                    throw WebError(
                        405, "0x80048526",
                        "The object you tried to delete is associated with another object and cannot be deleted.")
                case "Cascade": try delete(row.id, from: other)
                default: store.update(row.id, in: other.index) { $0[column] = .null }
                }
            }
        }
    }

    private func loosenParties(of id: Guid) {
        guard let definition = schema.byLogicalName["activityparty"] else { return }
        for party in rows(of: "activityparty", where: "partyid", is: id) {
            store.update(party.id, in: definition.index) { values in
                values[definition.column("partyid")] = .null
                values[definition.column("ispartydeleted")] = .bool(true)
            }
        }
    }
}
