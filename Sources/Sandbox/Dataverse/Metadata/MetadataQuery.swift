/// `$select`, `$filter` and `$expand` over metadata.
struct MetadataQuery {
    struct Expansion {
        var name: String
        var query: MetadataQuery
    }

    var select: [String]?
    var filter: MetadataFilter?
    var expand: [Expansion] = []
    var counts = false
    /// The type a path was cast to, without its namespace.
    var cast: String?

    init(_ pairs: [(name: String, value: String)], cast: String? = nil) throws(WebError) {
        self.cast = cast
        for (name, value) in pairs {
            switch name {
            case "$select": select = value.split(separator: ",").map(\.trimmed)
            case "$filter": filter = try MetadataFilter(value)
            case "$expand": expand = try MetadataQuery.expansions(value)
            case "$count": counts = value == "true"
            case "LabelLanguages": break
            default:
                if name.hasPrefix("$") { throw .url("The query parameter \(name) is not supported") }
            }
        }
    }

    private static func expansions(_ text: String) throws(WebError) -> [Expansion] {
        var expansions: [Expansion] = []
        for part in QueryOptionsReader.split(text, at: ",") {
            var name = part.trimmed
            var inner: [(name: String, value: String)] = []
            if let open = name.firstIndex(of: "("), name.hasSuffix(")") {
                for option in QueryOptionsReader.split(String(name[name.index(after: open)...].dropLast()), at: ";") {
                    guard let equals = option.firstIndex(of: "=") else { throw .url("Syntax error in '\(text)'.") }
                    inner.append((option[..<equals].trimmed, String(option[option.index(after: equals)...])))
                }
                name = name[..<open].trimmed
            }
            expansions.append(Expansion(name: name, query: try MetadataQuery(inner)))
        }
        return expansions
    }

    func matches(_ component: MetadataComponent, _ schema: Schema) throws(WebError) -> Bool {
        if let cast, component.typeName != cast { return false }
        return try filter?.matches(component.object(schema, cast: cast != nil)) ?? true
    }

    /// A component as the query wants it seen.
    func shown(_ component: MetadataComponent, _ schema: Schema, isNested: Bool = false) throws(WebError) -> JSON {
        let whole = component.object(schema, cast: cast != nil)
        var shown = JSONObject()
        if let select {
            if case .column = component, let type = whole["@odata.type"] { shown["@odata.type"] = type }
            for name in select {
                guard let value = whole[name], isVisible(name, of: component) else { throw unknown(name, component) }
                shown[name] = value
            }
            if let id = whole["MetadataId"] { shown["MetadataId"] = id }
        } else {
            shown = whole
        }
        for expansion in expand {
            if let children = component.collection(expansion.name, schema) {
                var list: [JSON] = []
                for child in children where try expansion.query.matches(child, schema) {
                    list.append(try expansion.query.shown(child, schema, isNested: true))
                }
                shown[expansion.name] = .array(list)
            } else if let child = component.single(expansion.name, schema), cast != nil {
                shown[expansion.name] = .null
                if let only = child.first { shown[expansion.name] = try expansion.query.shown(only, schema, isNested: true) }
            } else if case .optionSet(let object) = component, let options = object[expansion.name] {
                shown[expansion.name] = options
            } else {
                throw unknown(expansion.name, component)
            }
        }
        return .object(shown)
    }

    /// Members of a column's own type can be selected only through a cast.
    private func isVisible(_ name: String, of component: MetadataComponent) -> Bool {
        guard case .column(let column) = component, cast == nil else { return true }
        return column.common[name] != nil
    }

    private func unknown(_ name: String, _ component: MetadataComponent) -> WebError {
        var type = component.typeName
        if cast == nil, case .column = component { type = "AttributeMetadata" }
        return .url("Could not find a property named '\(name)' on type 'Microsoft.Dynamics.CRM.\(type)'.")
    }
}
