/// Anything the metadata tells of.
enum MetadataComponent {
    case table(TableDefinition)
    case column(ColumnMetadata)
    case key(TableDefinition, AlternateKey)
    case relationship(Relationship)
    case choice(ChoiceSet)
    case optionSet(JSONObject)

    /// Everything but what takes an `$expand`. Members of a column's own type come only with a cast or unselected.
    func object(_ schema: Schema, cast: Bool) -> JSONObject {
        switch self {
        case .table(let table): return table.metadata
        case .column(let column):
            var object = column.common
            object.members += column.specific.members
            return object
        case .key(let table, let key):
            return JSONObject([
                "MetadataId": .string(key.metadataID.description), "LogicalName": .string(key.logicalName),
                "SchemaName": .string(key.schemaName), "EntityLogicalName": .string(table.logicalName),
                "KeyAttributes": .array(key.columns.map { .string($0) }), "EntityKeyIndexStatus": .string(key.status.rawValue),
                "DisplayName": key.displayName, "IsManaged": false, "IsSynchronous": false, "IsExportKey": false,
                "IsSecondaryKey": false, "IsCustomizable": .managed(true, "iscustomizable"), "IntroducedVersion": "1.0.0.0",
                "HasChanged": nil,
            ])
        case .relationship(let relationship): return relationship.json(schema)
        case .choice(let set):
            var object = set.json
            object.members.insert(
                .init(name: "@odata.type", value: "#Microsoft.Dynamics.CRM.OptionSetMetadata"), at: 0)
            return object
        case .optionSet(let object): return object
        }
    }

    /// The concrete type, without its namespace.
    var typeName: String {
        switch self {
        case .table: "EntityMetadata"
        case .column(let column): column.typeName
        case .key: "EntityKeyMetadata"
        case .relationship: "OneToManyRelationshipMetadata"
        case .choice: "OptionSetMetadata"
        case .optionSet(let object): object["TrueOption"] == nil ? "OptionSetMetadata" : "BooleanOptionSetMetadata"
        }
    }

    var id: Guid? {
        switch self {
        case .table(let table): table.metadataID
        case .column(let column): column.column.metadataID(of: column.table)
        case .key(_, let key): key.metadataID
        case .relationship(let relationship): relationship.metadataID
        case .choice(let set): set.metadataID
        case .optionSet: nil
        }
    }

    /// When it was made, in the clock's elapsed seconds.
    var since: Double {
        switch self {
        case .table(let table): table.since
        case .column(let column): max(column.table.since, column.column.since)
        case .key, .relationship, .choice, .optionSet: 0
        }
    }

    /// The name it is addressed by in a key, and that name's member.
    func isNamed(_ name: String, by member: String) -> Bool {
        switch (self, member) {
        case (.table(let table), "LogicalName"): table.logicalName == name
        case (.column(let column), "LogicalName"): column.column.name == name
        case (.key(_, let key), "LogicalName"): key.logicalName == name
        case (.relationship(let relationship), "SchemaName"): relationship.schemaName == name
        case (.choice(let set), "Name"): set.name == name
        default: false
        }
    }

    /// What a collection-valued property holds; nil when there is none of that name.
    func collection(_ name: String, _ schema: Schema) -> [MetadataComponent]? {
        guard case .table(let table) = self else { return nil }
        switch name {
        case "Attributes":
            return table.columns.indices.filter { !table.columns[$0].isDropped }
                .map { .column(ColumnMetadata(table: table, position: $0)) }
        case "Keys": return table.keys.map { .key(table, $0) }
        case "OneToManyRelationships":
            return schema.relationships.filter { $0.referenced == table.logicalName }.map { .relationship($0) }
        case "ManyToOneRelationships":
            return schema.relationships.filter { $0.referencing == table.logicalName }.map { .relationship($0) }
        case "ManyToManyRelationships": return []
        default: return nil
        }
    }

    /// What a single-valued property holds: nil when there is none of that name, an empty array for null.
    func single(_ name: String, _ schema: Schema) -> [MetadataComponent]? {
        guard case .column(let column) = self,
            [
                "PicklistAttributeMetadata", "StateAttributeMetadata", "StatusAttributeMetadata",
                "BooleanAttributeMetadata",
            ].contains(typeName)
        else { return nil }
        switch name {
        case "OptionSet": return column.optionSet().map { [.optionSet($0)] } ?? []
        case "GlobalOptionSet":
            return column.column.choiceSet.flatMap { schema.choiceSets[$0] }.map { [.choice($0)] } ?? []
        default: return nil
        }
    }
}
