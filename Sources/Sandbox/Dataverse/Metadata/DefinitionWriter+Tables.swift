// Tables and relationships.
extension DefinitionWriter {
    func createTable(_ json: JSON) throws(WebError) -> TableDefinition {
        guard let schemaName = json["SchemaName"]?.string, let mark = schemaName.firstIndex(of: "_"),
            schemaName.startIndex < mark
        else { throw .argument("The schema name of a table begins with a customization prefix.") }
        let name = schemaName.lowercased()
        if schema.byLogicalName[name] != nil {
            throw WebError(
                400, "0x80048403", "An entity with the specified name '\(name)' already exists. Please specify a unique name.")
        }
        let attributes = json["Attributes"]?.array ?? []
        guard let primary = attributes.first(where: { $0["IsPrimaryName"]?.bool == true }),
            let primaryName = primary["SchemaName"]?.string?.lowercased()
        else { throw .argument("A table needs one string column with IsPrimaryName.") }
        let isVirtual = json["DataProviderId"]?.string != nil
        let table = TableDefinition(
            name, schemaName, set: Self.setName(of: name), key: name + "id", name: primaryName,
            typeCode: 10_000 + Int64(schema.tables.count),
            ownership: isVirtual || json.enumerated("OwnershipType") == "OrganizationOwned" ? .organization : .user,
            states: isVirtual ? [] : StateDefinition.activeInactive, columns: [], isBare: isVirtual)
        table.customID = store.random.guid()
        table.isVirtual = isVirtual
        table.since = elapsed
        table.tracksChanges = json["ChangeTrackingEnabled"]?.bool ?? false
        table.facets = Self.facets(json)
        let builder = ColumnBuilder(schema: schema, table: table, elapsed: elapsed, optionPrefix: optionPrefix)
        for attribute in attributes { _ = try builder.add(attribute, id: store.random.guid()) }
        store.add(table)
        if !isVirtual {
            addMessageFilters(of: table)
            DefaultForms(store: store).make(
                for: table, plural: MetadataLabel.text(json["DisplayCollectionName"]) ?? schemaName + "s")
        }
        return table
    }

    private static let labels = ["DisplayName", "DisplayCollectionName", "Description"]

    private static func facets(_ json: JSON) -> JSONObject {
        var facets = JSONObject()
        for name in labels { if let label = json[name] { facets[name] = MetadataLabel.normal(label) } }
        for name in ["HasNotes", "HasActivities", "DataProviderId", "DataSourceId", "ExternalName", "ExternalCollectionName"] {
            if let value = json[name] { facets[name] = value }
        }
        return facets
    }

    /// The logical name in the plural.
    static func setName(of name: String) -> String {
        if name.hasSuffix("y"), let before = name.dropLast().last, !"aeiou".contains(before) { return name.dropLast() + "ies" }
        for ending in ["s", "x", "z", "ch", "sh"] where name.hasSuffix(ending) { return name + "es" }
        return name + "s"
    }

    /// Custom tables take the bulk messages.
    private func addMessageFilters(of table: TableDefinition) {
        guard let messages = store.table("sdkmessage"), let filters = schema.byLogicalName["sdkmessagefilter"],
            let name = messages.definition.column("name")
        else { return }
        for message in Array(messages.rows) {
            var values = [CellValue](repeating: .null, count: filters.columns.count)
            values[filters.column("name")] = .text("\(message[name].text ?? "") of \(table.logicalName)")
            values[filters.column("primaryobjecttypecode")] = .text(table.logicalName)
            values[filters.column("sdkmessageid")] = .lookup(Reference(table: messages.definition.index, id: message.id))
            store.insert(store.random.guid(), values, into: filters.index)
        }
    }

    // MARK: Relationships

    func createRelationship(_ json: JSON) throws(WebError) -> Guid {
        guard json["@odata.type"]?.string?.hasSuffix("OneToManyRelationshipMetadata") == true else {
            throw WebError(501, "0x80060888", "Only one-to-many relationships are simulated.")
        }
        guard let schemaName = json["SchemaName"]?.string, let referencedName = json["ReferencedEntity"]?.string,
            let referencingName = json["ReferencingEntity"]?.string, let lookup = json["Lookup"],
            let lookupName = lookup["SchemaName"]?.string
        else { throw .argument("A relationship needs SchemaName, ReferencedEntity, ReferencingEntity and Lookup.") }
        guard schema.byLogicalName[referencedName] != nil else { throw .notFound("entity '\(referencedName)'") }
        guard let referencing = schema.byLogicalName[referencingName] else { throw .notFound("entity '\(referencingName)'") }
        if schema.relationships.contains(where: { $0.schemaName.lowercased() == schemaName.lowercased() }) {
            throw WebError(
                400, "0x80048418",
                "A relationship with the specified name '\(schemaName)' already exists. Please specify a unique name.")
        }
        let builder = ColumnBuilder(schema: schema, table: referencing, elapsed: elapsed, optionPrefix: optionPrefix)
        try builder.addLookup(lookup, to: referencedName, id: store.random.guid())
        let column = referencing.columns.count - 1
        store[referencing.index].addIndex(column)
        let navigation = referencing.isActivity ? "\(lookupName)_\(referencing.schemaName)" : lookupName
        var cascade = Relationship.noCascade
        for member in json["CascadeConfiguration"]?.object?.members ?? [] { cascade[member.name] = member.value }
        let relationship = Relationship(
            metadataID: store.random.guid(), schemaName: schemaName, referenced: referencedName, referencing: referencingName,
            column: referencing.columns[column].name, navigation: navigation, collection: schemaName, cascade: cascade,
            isCustom: true)
        schema.add(relationship, column: column)
        changed(referencing)
        return relationship.metadataID
    }
}
