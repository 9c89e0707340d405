/// Changes the metadata: one customisation at a time, each visible to the Web API at once.
struct DefinitionWriter {
    let store: Store
    let serviceRoot: String
    let headers: OperationHeaders
    let elapsed: Double
    let context: WriteContext

    var schema: Schema { store.schema }

    func write(_ path: MetadataPath, _ operation: Operation) throws(WebError) -> OperationResult {
        switch operation.method {
        case "POST": return try create(path, try body(operation))
        case "PUT":
            try replace(path, try body(operation))
            return OperationResult(204, cost: OperationCost(kind: .metadata))
        case "DELETE":
            try delete(path)
            return OperationResult(204, cost: OperationCost(kind: .metadata))
        default: throw .method(operation.method)
        }
    }

    private func body(_ operation: Operation) throws(WebError) -> JSON {
        guard let json = try? JSON(parsing: operation.body), case .object = json else {
            throw .parameter("A JSON object was expected.")
        }
        return json
    }

    private func create(_ path: MetadataPath, _ json: JSON) throws(WebError) -> OperationResult {
        let solution = try solution()
        let entity: String
        switch (path.steps.count, path.root) {
        case (1, "EntityDefinitions"):
            let table = try createTable(json)
            note(table.metadataID, .table, in: solution)
            entity = "EntityDefinitions(\(table.metadataID))"
        case (1, "GlobalOptionSetDefinitions"):
            let set = try createChoice(json)
            note(set, .choice, in: solution)
            entity = "GlobalOptionSetDefinitions(\(set))"
        case (1, "RelationshipDefinitions"):
            let relationship = try createRelationship(json)
            note(relationship, .relationship, in: solution)
            entity = "RelationshipDefinitions(\(relationship))"
        case (2, "EntityDefinitions"):
            let table = try table(of: path)
            let id: Guid
            switch path.steps[1].name {
            case "Attributes":
                id = try ColumnBuilder(schema: schema, table: table, elapsed: elapsed, optionPrefix: optionPrefix)
                    .add(json, id: store.random.guid())
                note(id, .column, in: solution)
            case "Keys":
                id = try createKey(json, of: table)
                note(id, .key, in: solution)
            default: throw .unknownPath
            }
            changed(table)
            entity = "EntityDefinitions(\(table.metadataID))/\(path.steps[1].name)(\(id))"
        default: throw .unknownPath
        }
        var result = OperationResult(204, cost: OperationCost(kind: .metadata))
        result.entityID = serviceRoot + entity
        return result
    }

    /// The table the first step names.
    func table(of path: MetadataPath) throws(WebError) -> TableDefinition {
        let first = try MetadataPath(["\(path.root)(\(path.steps[0].key ?? ""))"])
        guard case .table(let table) = try MetadataFinder(schema: schema).one(first) else { throw .unknownPath }
        return table
    }

    /// Delta tokens do not outlive a change of their table.
    func changed(_ table: TableDefinition) {
        table.tokensFrom = store.nextVersion()
    }

    // MARK: Global choices

    func createChoice(_ json: JSON) throws(WebError) -> Guid {
        guard let name = json["Name"]?.string, name.contains("_") else {
            throw .argument("The name of a choice begins with a customization prefix.")
        }
        if schema.choiceSets[name.lowercased()] != nil {
            throw WebError(
                400, "0x80048403", "An OptionSet with the name '\(name)' already exists. Please specify a unique name.")
        }
        let set = ChoiceSet(
            metadataID: store.random.guid(), name: name.lowercased(), displayName: MetadataLabel.normal(json["DisplayName"]),
            description: MetadataLabel.normal(json["Description"]),
            options: try ChoiceSet.options(json["Options"], prefix: optionPrefix))
        schema.choiceSets[set.name] = set
        return set.metadataID
    }

    // MARK: Keys

    private static let longestKey = 16
    private static let mostKeys = 10

    func createKey(_ json: JSON, of table: TableDefinition) throws(WebError) -> Guid {
        guard let name = json["SchemaName"]?.string, let list = json["KeyAttributes"]?.array else {
            throw .argument("A key needs 'SchemaName' and 'KeyAttributes'.")
        }
        let columns = list.compactMap(\.string)
        guard !columns.isEmpty, columns.count == list.count, columns.count <= Self.longestKey,
            table.keys.count < Self.mostKeys, !table.isVirtual
        else { throw .argument("The key '\(name)' is not allowed: too many keys or columns, or a virtual table.") }
        if table.keys.contains(where: { $0.logicalName == name.lowercased() }) {
            throw WebError(
                400, "0x80060893", "An entity key with the name \(name) already exists on entity \(table.logicalName).")
        }
        if table.keys.contains(where: { Set($0.columns) == Set(columns) }) {
            throw WebError(
                400, "0x80060894", "An entity key with the selected attributes already exists on entity \(table.logicalName).")
        }
        for name in columns { try checkKeyColumn(name, of: table) }
        let id = store.random.guid()
        table.keys.append(
            AlternateKey(
                name, columns: columns, displayName: MetadataLabel.normal(json["DisplayName"]), id: id, since: elapsed))
        if let column = table.column(columns[0]) {
            switch table.columns[column].kind {
            case .text, .lookup: store[table.index].addIndex(column)
            default: break
            }
        }
        return id
    }

    private func checkKeyColumn(_ name: String, of table: TableDefinition) throws(WebError) {
        guard let column = table.column(name) else { throw .notFound("attribute '\(name)' of '\(table.logicalName)'") }
        switch table.columns[column].kind {
        case .text, .integer, .number, .dateTime, .dateOnly, .lookup, .choice: return
        default:
            throw .argument("Attribute \(name) of this type cannot be added to an entity key.")
        }
    }
}
