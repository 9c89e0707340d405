/// Makes columns from their metadata.
struct ColumnBuilder {
    let schema: Schema
    let table: TableDefinition
    let elapsed: Double
    let optionPrefix: Int64

    /// Adds a column; its id comes back.
    func add(_ json: JSON, id: Guid) throws(WebError) -> Guid {
        let schemaName = try name(json)
        guard let type = json["@odata.type"]?.string.map({ $0.split(separator: ".").last.map(String.init) ?? "" }) else {
            throw .parameter("The annotation '@odata.type' is missing.")
        }
        var column = ColumnDefinition(schemaName.lowercased(), try kind(type, json))
        finish(&column, schemaName, json, id)
        if case .choice = column.kind { column.choiceSet = try globalChoice(json)?.name }
        if type == "DoubleAttributeMetadata" { column.facets["@double"] = true }
        table.add(column)
        return id
    }

    func addLookup(_ json: JSON, to target: String, id: Guid) throws(WebError) {
        let schemaName = try name(json)
        var column = ColumnDefinition(schemaName.lowercased(), .lookup([target]), indexed: true)
        finish(&column, schemaName, json, id)
        table.add(column)
    }

    private func finish(_ column: inout ColumnDefinition, _ schemaName: String, _ json: JSON, _ id: Guid) {
        column.schemaName = schemaName
        column.customID = id
        column.isCustom = true
        column.since = elapsed
        for name in ["DisplayName", "Description"] {
            if let label = json[name] { column.facets[name] = MetadataLabel.normal(label) }
        }
        let names = [
            "RequiredLevel", "ExternalName", "Format", "FormatName", "Precision", "MinValue", "MaxValue", "DateTimeBehavior",
            "DefaultFormValue", "DefaultValue", "AutoNumberFormat",
        ]
        for name in names { if let value = json[name] { column.facets[name] = value } }
    }

    private func name(_ json: JSON) throws(WebError) -> String {
        guard let name = json["SchemaName"]?.string, name.contains("_") else {
            throw .argument("The schema name of a column begins with a customization prefix.")
        }
        if table.column(name.lowercased()) != nil {
            throw WebError(
                400, "0x80047013",
                "Attribute '\(name.lowercased())' of entity '\(table.logicalName)' already exists. An attribute with the specified "
                    + "name already exists.")
        }
        return name
    }

    private func kind(_ type: String, _ json: JSON) throws(WebError) -> ColumnKind {
        switch type {
        case "StringAttributeMetadata":
            return .text(maxLength: try length(json, most: 4000, unless: 100))
        case "MemoAttributeMetadata":
            return .memo(maxLength: try length(json, most: 1_048_576, unless: 2000))
        case "IntegerAttributeMetadata":
            let low = json["MinValue"]?.integer ?? -2_147_483_648
            let high = json["MaxValue"]?.integer ?? 2_147_483_647
            guard low <= high, low >= -2_147_483_648, high <= 2_147_483_647 else { throw .argument("The range is not valid.") }
            return .integer(low...high)
        case "BigIntAttributeMetadata": return .bigInteger
        case "DecimalAttributeMetadata", "DoubleAttributeMetadata": return .number
        case "BooleanAttributeMetadata":
            let set = json["OptionSet"]
            return .boolean(
                whenFalse: MetadataLabel.text(set?["FalseOption"]?["Label"]) ?? "No",
                whenTrue: MetadataLabel.text(set?["TrueOption"]?["Label"]) ?? "Yes")
        case "DateTimeAttributeMetadata":
            let isDay = json.enumerated("DateTimeBehavior") == "DateOnly"
            return isDay ? .dateOnly : .dateTime
        case "PicklistAttributeMetadata":
            if let set = try globalChoice(json) { return .choice(set.options) }
            return .choice(try ChoiceSet.options(json["OptionSet"]?["Options"], prefix: optionPrefix))
        case "LookupAttributeMetadata":
            throw .argument("A lookup column is made with its relationship.")
        default:
            throw WebError(501, "0x80060888", "Columns of the type '\(type)' are not simulated.")
        }
    }

    private func length(_ json: JSON, most: Int64, unless fallback: Int64) throws(WebError) -> Int {
        let length = json["MaxLength"]?.integer ?? fallback
        guard length >= 1, length <= most else { throw .argument("MaxLength \(length) is not between 1 and \(most).") }
        return Int(length)
    }

    /// The global choice a picklist is bound to.
    private func globalChoice(_ json: JSON) throws(WebError) -> ChoiceSet? {
        guard let url = json["GlobalOptionSet@odata.bind"]?.string else { return nil }
        let segment = url.split(separator: "/").last.map { URLText.decode($0) } ?? ""
        guard segment.hasPrefix("GlobalOptionSetDefinitions("),
            case .choice(let set) = try MetadataFinder(schema: schema).one(try MetadataPath([segment]))
        else { throw .unknownPath }
        return set
    }
}
