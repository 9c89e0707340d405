// Taking customisations away again.
extension DefinitionWriter {
    func delete(_ path: MetadataPath) throws(WebError) {
        switch try MetadataFinder(schema: schema).one(path) {
        case .table(let table):
            try require(table.isCustom, "entity")
            if let other = schema.relationships.first(where: {
                $0.isCustom && $0.referenced == table.logicalName && $0.referencing != table.logicalName
            }) {
                throw inUse("Entity", other.schemaName)
            }
            for row in Array(store[table.index].rows) { store.remove(row.id, from: table.index) }
            FormRules(store: store).drop(of: table)
            schema.drop(table)
            forget(table.metadataID)
        case .column(let column):
            try require(column.column.isCustom, "attribute")
            let name = column.column.name
            if let key = column.table.keys.first(where: { $0.columns.contains(name) }) {
                throw inUse("Attribute", key.schemaName)
            }
            try requireUnshown(name, of: column.table)
            schema.customRelationships.removeAll { $0.referencing == column.table.logicalName && $0.column == name }
            schema.drop(column.position, of: column.table)
            changed(column.table)
            forget(column.column.metadataID(of: column.table))
        case .key(let table, let key):
            table.keys.removeAll { $0.metadataID == key.metadataID }
            changed(table)
            forget(key.metadataID)
        case .relationship(let relationship):
            try require(relationship.isCustom, "relationship")
            if let table = schema.byLogicalName[relationship.referencing] { try requireUnshown(relationship.column, of: table) }
            schema.customRelationships.removeAll { $0.metadataID == relationship.metadataID }
            if let table = schema.byLogicalName[relationship.referencing], let column = table.column(relationship.column) {
                schema.drop(column, of: table)
                changed(table)
            }
            forget(relationship.metadataID)
        case .choice(let set):
            for table in schema.tables where !table.isDropped {
                if let column = table.columns.first(where: { $0.choiceSet == set.name && !$0.isDropped }) {
                    throw inUse("OptionSet", column.name)
                }
            }
            schema.choiceSets[set.name] = nil
            forget(set.metadataID)
        case .optionSet: throw .method("DELETE")
        }
    }

    private func require(_ isCustom: Bool, _ what: String) throws(WebError) {
        guard !isCustom else { return }
        throw WebError(400, "0x8004f01e", "The \(what) is part of the system and cannot be deleted.")
    }

    /// What a form or a view shows can't be deleted.
    private func requireUnshown(_ column: String, of table: TableDefinition) throws(WebError) {
        if let holder = FormRules(store: store).holder(of: column, in: table) { throw inUse("Attribute", holder) }
    }

    private func inUse(_ kind: String, _ other: String) -> WebError {
        WebError(
            400, "0x8004f01f",
            "The \(kind) component cannot be deleted because it is referenced by 1 other components: \(other).")
    }
}
