/// A column as an `AttributeMetadata`.
struct ColumnMetadata {
    let table: TableDefinition
    let position: Int

    var column: ColumnDefinition { table.columns[position] }

    /// The concrete type without its namespace.
    var typeName: String { "\(kind.type)AttributeMetadata" }

    /// Members every column has; the others take a cast.
    var common: JSONObject {
        let column = column
        let isKey = column.kind == .key
        let isName = column.name == table.primaryName
        return JSONObject([
            "@odata.type": .string("#Microsoft.Dynamics.CRM.\(typeName)"),
            "MetadataId": .string(column.metadataID(of: table).description), "LogicalName": .string(column.name),
            "SchemaName": .string(column.schemaName), "EntityLogicalName": .string(table.logicalName),
            "AttributeType": .string(kind.attributeType), "AttributeTypeName": ["Value": .string(kind.type + "Type")],
            "AttributeOf": nil, "ColumnNumber": .integer(Int64(position + 1)),
            "DisplayName": column.facets["DisplayName"] ?? MetadataLabel.of(column.schemaName),
            "Description": column.facets["Description"] ?? MetadataLabel.none,
            "RequiredLevel": [
                "Value": .string(column.facets["RequiredLevel"]?["Value"]?.string ?? (isKey ? "SystemRequired" : "None")),
                "CanBeChanged": .bool(!isKey), "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
            ],
            "IsCustomAttribute": .bool(column.isCustom), "IsManaged": .bool(!column.isCustom), "IsPrimaryId": .bool(isKey),
            "IsPrimaryName": .bool(isName), "IsLogical": false, "IsSecured": false, "IsFilterable": true, "IsSearchable": true,
            "IsRetrievable": true, "IsValidForRead": true, "IsValidForCreate": .bool(column.access.contains(.create)),
            "IsValidForUpdate": .bool(column.access.contains(.update)), "IsValidODataAttribute": true,
            "IsValidForAdvancedFind": .managed(true, "canmodifysearchsettings"),
            "IsAuditEnabled": .managed(false, "canmodifyauditsettings"),
            "IsCustomizable": .managed(true, "iscustomizable"), "IsRenameable": .managed(true, "isrenameable"),
            "ExternalName": column.facets["ExternalName"] ?? .null, "IntroducedVersion": "1.0.0.0", "HasChanged": nil,
            "DeprecatedVersion": nil, "InheritsFrom": nil, "LinkedAttributeId": nil, "SourceType": 0,
        ])
    }

    /// Members of the concrete type.
    var specific: JSONObject {
        let facets = column.facets
        switch column.kind {
        case .text(let maxLength):
            return JSONObject([
                "MaxLength": .integer(Int64(maxLength)), "DatabaseLength": .integer(Int64(maxLength * 2)), "ImeMode": "Auto",
                "Format": .string(format), "FormatName": ["Value": .string(format)], "IsLocalizable": false,
                "FormulaDefinition": "", "YomiOf": nil, "AutoNumberFormat": facets["AutoNumberFormat"] ?? "",
            ])
        case .memo(let maxLength):
            return JSONObject([
                "MaxLength": .integer(Int64(maxLength)), "Format": "TextArea", "ImeMode": "Auto", "IsLocalizable": false,
            ])
        case .integer(let range):
            return JSONObject([
                "MinValue": .integer(range.lowerBound), "MaxValue": .integer(range.upperBound), "Format": "None",
            ])
        case .bigInteger, .rowVersion:
            return JSONObject(["MinValue": .integer(.min), "MaxValue": .integer(.max)])
        case .number:
            return JSONObject([
                "Precision": facets["Precision"] ?? 2, "MinValue": facets["MinValue"] ?? -100_000_000_000,
                "MaxValue": facets["MaxValue"] ?? 100_000_000_000,
            ])
        case .boolean:
            return JSONObject(["DefaultValue": facets["DefaultValue"] ?? false])
        case .dateTime, .dateOnly:
            let isDay = column.kind == .dateOnly
            return JSONObject([
                "Format": facets["Format"] ?? (isDay ? "DateOnly" : "DateAndTime"),
                "DateTimeBehavior": facets["DateTimeBehavior"] ?? ["Value": isDay ? "DateOnly" : "UserLocal"],
                "ImeMode": "Auto", "CanChangeDateTimeBehavior": .managed(true, "canchangedatetimebehavior"),
            ])
        case .choice, .state, .status:
            return JSONObject(["DefaultFormValue": facets["DefaultFormValue"] ?? -1])
        case .lookup(let targets):
            return JSONObject(["Targets": .array(targets.map { .string($0) }), "Format": "None"])
        case .key, .guid, .logicalName:
            return JSONObject()
        }
    }

    private var format: String {
        column.facets.asJSON.enumerated("FormatName") ?? column.facets["Format"]?.string ?? (column.indexed ? "Phone" : "Text")
    }

    private var kind: (type: String, attributeType: String) {
        switch column.kind {
        case .key, .guid: ("Uniqueidentifier", "Uniqueidentifier")
        case .text: ("String", "String")
        case .memo: ("Memo", "Memo")
        case .integer: ("Integer", "Integer")
        case .bigInteger, .rowVersion: ("BigInt", "BigInt")
        case .number: column.facets["@double"] == nil ? ("Decimal", "Decimal") : ("Double", "Double")
        case .boolean: ("Boolean", "Boolean")
        case .dateTime, .dateOnly: ("DateTime", "DateTime")
        case .choice: ("Picklist", "Picklist")
        case .state: ("State", "State")
        case .status: ("Status", "Status")
        case .lookup: column.name == "ownerid" ? ("Lookup", "Owner") : ("Lookup", "Lookup")
        case .logicalName: ("EntityName", "EntityName")
        }
    }

    /// The local choice of a column; nil for a global one and for columns without options.
    func optionSet() -> JSONObject? {
        let name = "\(table.logicalName)_\(column.name)"
        let id = Guid(naming: "choice/\(name)")
        let label = column.facets["DisplayName"] ?? MetadataLabel.of(column.schemaName)
        let options: [JSON]
        switch column.kind {
        case .choice(let list):
            guard column.choiceSet == nil else { return nil }
            options = list.map { ChoiceSet.option($0) }
        case .state:
            options = table.states.map { state in
                ChoiceSet.option(
                    ChoiceOption(state.value, state.label),
                    JSONObject([
                        "@odata.type": "#Microsoft.Dynamics.CRM.StateOptionMetadata",
                        "DefaultStatus": .integer(state.statuses[0].value), "InvariantName": .string(state.label),
                    ]))
            }
        case .status:
            options = table.states.flatMap { state in
                state.statuses.map { status in
                    ChoiceSet.option(
                        status,
                        JSONObject([
                            "@odata.type": "#Microsoft.Dynamics.CRM.StatusOptionMetadata", "State": .integer(state.value),
                            "TransitionData": nil,
                        ]))
                }
            }
        case .boolean(let whenFalse, let whenTrue):
            var object = ChoiceSet.object(id: id, name: name, isGlobal: false, type: "Boolean", displayName: label, [])
            object["Options"] = nil
            object["TrueOption"] = ChoiceSet.option(ChoiceOption(1, whenTrue))
            object["FalseOption"] = ChoiceSet.option(ChoiceOption(0, whenFalse))
            return object
        default: return nil
        }
        return ChoiceSet.object(
            id: id, name: name, isGlobal: false, type: optionSetType, displayName: label, options)
    }

    private var optionSetType: String {
        switch column.kind {
        case .state: "State"
        case .status: "Status"
        default: "Picklist"
        }
    }
}

extension ColumnDefinition {
    func metadataID(of table: TableDefinition) -> Guid {
        customID ?? Guid(naming: "column/\(table.logicalName)/\(name)")
    }
}

extension JSONObject {
    var asJSON: JSON { .object(self) }
}
