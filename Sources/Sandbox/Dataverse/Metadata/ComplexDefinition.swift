/// Definitions as `CreateEntities` takes them. Its parameter can't be of the entity types of the metadata, so each of them is there
/// once more as a complex type.
enum ComplexDefinition {
    private static let namespace = "Microsoft.Dynamics.CRM."

    /// The table as `EntityDefinitions` takes it. 400 where it, or a column, is of another type.
    static func plain(_ json: JSON) throws(WebError) -> JSON {
        guard case .object(var table) = try plainType(json, of: "EntityMetadata") else { return json }
        var columns: [JSON] = []
        for column in json["Attributes"]?.array ?? [] { columns.append(try plainType(column, of: "AttributeMetadata")) }
        table["Attributes"] = .array(columns)
        return .object(table)
    }

    private static func plainType(_ json: JSON, of base: String) throws(WebError) -> JSON {
        let type = json["@odata.type"]?.string ?? ""
        let bare = type.hasPrefix("#") ? type.dropFirst() : type[...]
        guard case .object(var object) = json, bare.hasPrefix(namespace + "Complex"), bare.hasSuffix(base) else {
            throw .parameter(
                "A value of the type '\(bare)' can't be converted to '\(namespace)Complex\(base)': the types of the definitions are "
                    + "entity types, which no action takes.")
        }
        object["@odata.type"] = .string(namespace + bare.dropFirst((namespace + "Complex").count))
        return .object(object)
    }
}
