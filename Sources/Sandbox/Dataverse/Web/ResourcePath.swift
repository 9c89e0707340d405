/// What a URL below the service root names.
enum Resource {
    case serviceDocument
    case metadata
    case batch
    case whoAmI
    case set(TableDefinition)
    case count(TableDefinition)
    case row(TableDefinition, RowKey)
    case property(TableDefinition, RowKey, Int)
    case navigation(TableDefinition, RowKey, String)
    /// `…/$ref`, with the key of the other row when the URL names it.
    case link(TableDefinition, RowKey, String, RowKey?)
    /// `…/$ref` of the roles of a user, with the role's key when the URL names it.
    case association(TableDefinition, RowKey, RowKey?)
    case boundAction(TableDefinition, RowKey?, String)
    /// A function of a row, with what stands between its brackets.
    case boundFunction(TableDefinition, RowKey, String, String)
    case function(String, String)
    case definitions([String])

    /// The table whose rows it is about.
    var table: TableDefinition? {
        switch self {
        case .set(let table), .count(let table), .row(let table, _), .property(let table, _, _), .navigation(let table, _, _),
            .link(let table, _, _, _), .association(let table, _, _), .boundAction(let table, _, _),
            .boundFunction(let table, _, _, _):
            table
        case .serviceDocument, .metadata, .batch, .whoAmI, .function, .definitions: nil
        }
    }
}

/// The key of a row in a URL.
enum RowKey {
    case id(Guid)
    /// Columns and values, and the expression as sent.
    case alternate([(column: Int, value: FilterLiteral)], text: String)
}

/// Reads URLs below the service root.
struct ResourceReader {
    let schema: Schema

    /// `path` is relative to the service root, still percent-encoded, without the query.
    func read(_ path: some StringProtocol) throws(WebError) -> Resource {
        if path.isEmpty || path == "/" { return .serviceDocument }
        var segments = path.split(separator: "/").map { URLText.decode($0) }
        if segments.count > 1, segments[0].isEmpty { segments.removeFirst() }
        let (name, key) = ResourceReader.cut(segments[0])
        switch name {
        case "$batch": return .batch
        case "$metadata": return .metadata
        case "WhoAmI", "Microsoft.Dynamics.CRM.WhoAmI": return .whoAmI
        case "EntityDefinitions", "GlobalOptionSetDefinitions", "RelationshipDefinitions": return .definitions(segments)
        default: break
        }
        guard let table = schema.bySet[name] else {
            let bare = name.hasPrefix("Microsoft.Dynamics.CRM.") ? String(name.dropFirst(23)) : name
            if segments.count == 1, bare.first?.isUppercase == true { return .function(bare, key ?? "") }
            throw WebError(
                404, "0x80060888",
                "Resource not found for the segment '\(name)'.")
        }
        guard let key else {
            guard segments.count > 1 else { return .set(table) }
            if segments[1] == "$count" { return .count(table) }
            if segments[1].hasPrefix("Microsoft.Dynamics.CRM.") {
                return .boundAction(table, nil, String(ResourceReader.cut(segments[1]).name.dropFirst(23)))
            }
            throw .unknownPath
        }
        return try below(table, try rowKey(key, of: table), segments.dropFirst())
    }

    private func below(_ table: TableDefinition, _ key: RowKey, _ rest: ArraySlice<String>) throws(WebError) -> Resource {
        guard let first = rest.first else { return .row(table, key) }
        let (name, inner) = ResourceReader.cut(first)
        if name.hasPrefix("Microsoft.Dynamics.CRM.") {
            let message = String(name.dropFirst(23))
            return inner.map { .boundFunction(table, key, message, $0) } ?? .boundAction(table, key, message)
        }
        let second = rest.dropFirst().first
        if name == Association.name, table.logicalName == "systemuser", second == "$ref", let roles = schema.byLogicalName["role"]
        {
            return .association(table, key, try inner.map { key throws(WebError) in try rowKey(key, of: roles) })
        }
        if let collection = table.collectionNavigations[name] {
            if second == "$ref" || inner != nil {
                var other: RowKey?
                if let inner { other = try rowKey(inner, of: schema[collection.table]) }
                return .link(table, key, name, other)
            }
            return .navigation(table, key, name)
        }
        if table.singleNavigations[name] != nil, table.columnsByName[name].map({ table.columns[$0].kind.isLookup }) ?? true {
            return second == "$ref" ? .link(table, key, name, nil) : .navigation(table, key, name)
        }
        if let column = table.columnsByProperty[name] { return .property(table, key, column) }
        throw .unknownPath
    }

    func rowKey(_ text: String, of table: TableDefinition) throws(WebError) -> RowKey {
        if let id = Guid(text.trimmed) { return .id(id) }
        var values: [(column: Int, value: FilterLiteral)] = []
        var tokens = try FilterLexer.tokens(text)[...]
        while let token = tokens.popFirst(), token != .end {
            guard case .name(let name) = token, tokens.popFirst()?.isSymbol("=") == true else { throw badKey(table) }
            guard let column = table.columnsByProperty[name] else { throw badKey(table) }
            switch tokens.popFirst() {
            case .guid(let value): values.append((column, .guid(value)))
            case .string(let value): values.append((column, .string(value)))
            case .integer(let value): values.append((column, .integer(value)))
            case .date(let value): values.append((column, .date(value)))
            default: throw badKey(table)
            }
            if tokens.first?.isSymbol(",") == true { tokens = tokens.dropFirst() }
        }
        guard !values.isEmpty else { throw .unknownPath }
        if values.count == 1, values[0].column == 0 {
            guard table.logicalName != "systemuser", table.logicalName != "team" else { throw badKey(table) }
            switch values[0].value {
            case .guid(let id): return .id(id)
            case .string(let text):
                guard let id = Guid(text) else { throw badKey(table) }
                return .id(id)
            default: throw badKey(table)
            }
        }
        let names = Set(values.map { table.columns[$0.column].name })
        guard table.alternateKeys.contains(where: { Set($0.columns) == names }) else { throw badKey(table) }
        return .alternate(values, text: text)
    }

    private func badKey(_ table: TableDefinition) -> WebError {
        let type = "Microsoft.Dynamics.CRM.\(table.logicalName)"
        return .url(
            "The key in the request URI is not valid for resource '\(type)'. Ensure that the names and number of key properties "
                + "match the declared or alternate key properties for the resource '\(type)'.")
    }

    /// `name(key)` in its two parts.
    static func cut(_ segment: String) -> (name: String, key: String?) {
        guard let open = segment.firstIndex(of: "("), segment.hasSuffix(")") else { return (segment, nil) }
        return (String(segment[..<open]), String(segment[segment.index(after: open)...].dropLast()))
    }
}
