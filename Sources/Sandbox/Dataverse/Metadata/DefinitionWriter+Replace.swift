// `PUT`: the whole definition, edited.
extension DefinitionWriter {
    func replace(_ path: MetadataPath, _ json: JSON) throws(WebError) {
        switch try MetadataFinder(schema: schema).one(path) {
        case .table(let table): try replace(table, json)
        case .column(let column): try replace(column, json)
        case .choice(var set):
            set.displayName = MetadataLabel.merged(set.displayName, json["DisplayName"], merges: headers.mergesLabels)
            if let options = json["Options"] { set.options = try ChoiceSet.options(options, prefix: optionPrefix) }
            schema.replace(set)
        default: throw .method("PUT")
        }
    }

    private func replace(_ table: TableDefinition, _ json: JSON) throws(WebError) {
        for name in ["DisplayName", "DisplayCollectionName", "Description"] {
            guard let label = json[name] else { continue }
            table.facets[name] = MetadataLabel.merged(table.facets[name], label, merges: headers.mergesLabels)
        }
        for name in ["HasNotes", "HasActivities", "DataSourceId", "ExternalName", "ExternalCollectionName"] {
            if let value = json[name] { table.facets[name] = value }
        }
        // Tracking can't be switched off again.
        if json["ChangeTrackingEnabled"]?.bool == true, !table.isVirtual { table.tracksChanges = true }
        changed(table)
    }

    private func replace(_ column: ColumnMetadata, _ json: JSON) throws(WebError) {
        let table = column.table
        try table.change(column.position) { definition throws(WebError) in
            for name in ["DisplayName", "Description"] {
                guard let label = json[name] else { continue }
                definition.facets[name] = MetadataLabel.merged(definition.facets[name], label, merges: headers.mergesLabels)
            }
            for name in ["RequiredLevel", "ExternalName", "FormatName", "DefaultFormValue", "DefaultValue"] {
                if let value = json[name] { definition.facets[name] = value }
            }
            switch (definition.kind, json["MaxLength"]?.integer) {
            case (.text(let old), .some(let length)) where Int(length) != old: definition.kind = .text(maxLength: Int(length))
            case (.memo(let old), .some(let length)) where Int(length) != old: definition.kind = .memo(maxLength: Int(length))
            default: break
            }
        }
        changed(table)
    }
}
