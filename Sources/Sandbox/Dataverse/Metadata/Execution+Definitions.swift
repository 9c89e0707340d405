// Reading the metadata.
extension Execution {
    /// A request to `EntityDefinitions`, `GlobalOptionSetDefinitions` or `RelationshipDefinitions`.
    func definitions(_ segments: [String], _ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        let path = try MetadataPath(segments)
        if operation.method == "GET" { return try read(path, operation) }
        guard store.schema.busyUntil <= elapsed else {
            throw WebError(
                400, "0x80071151",
                "Cannot start the requested operation because there is another operation running at this moment: a customization "
                    + "of this environment.")
        }
        let result = try DefinitionWriter(
            store: store, serviceRoot: serviceRoot, headers: operation.headers, elapsed: elapsed, context: context
        ).write(path, operation)
        store.schema.busyUntil = elapsed + customizationTime
        return result
    }

    /// Finds what the operation sees: what is new only if it asks strongly.
    func finder(for operation: Operation) -> MetadataFinder {
        MetadataFinder(schema: schema, elapsed: operation.headers.isStrong ? .infinity : elapsed - metadataAge)
    }

    private func read(_ path: MetadataPath, _ operation: Operation) throws(WebError) -> OperationResult {
        let query = try MetadataQuery(URLText.pairs(operation.query), cast: path.cast)
        let found = try finder(for: operation).find(path)
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        switch found {
        case .one(let component):
            writer.member("@odata.context", "\(serviceRoot)$metadata#\(path.collectionName)/$entity")
            guard case .object(let object) = try query.shown(component, schema) else { throw .unknownPath }
            for member in object.members { writer.member(member.name, member.value) }
        case .many(let components):
            if path.root == "GlobalOptionSetDefinitions", query.filter != nil {
                throw .url("The query parameter $filter is not supported")
            }
            writer.member("@odata.context", "\(serviceRoot)$metadata#\(path.collectionName)")
            var shown: [JSON] = []
            for component in components where try query.matches(component, schema) {
                shown.append(try query.shown(component, schema))
            }
            if query.counts { writer.member("@odata.count", shown.count) }
            writer.member("value", .array(shown))
        case .nothing:
            return OperationResult(204)
        }
        writer.endObject()
        var result = OperationResult(200)
        result.contentType = OperationResult.json
        result.body = writer.bytes
        return result
    }
}

/// The steps of a metadata URL: `EntityDefinitions(key)/Attributes(key)/cast/OptionSet`.
struct MetadataPath {
    struct Step {
        var name: String
        var key: String?
    }

    let root: String
    /// Without casts.
    let steps: [Step]
    /// The last type the path was cast to, without its namespace.
    let cast: String?

    init(_ segments: [String]) throws(WebError) {
        var steps: [Step] = []
        var cast: String?
        for segment in segments {
            let (name, key) = ResourceReader.cut(segment)
            if name.hasPrefix("Microsoft.Dynamics.CRM.") {
                cast = String(name.dropFirst(23))
                if cast == "EnumAttributeMetadata" || cast == "AttributeMetadata" && steps.count != 2 {
                    throw .url("The type 'Microsoft.Dynamics.CRM.\(cast ?? "")' can't be cast to.")
                }
            } else {
                steps.append(Step(name: name, key: key))
            }
        }
        root = steps.first?.name ?? ""
        self.steps = steps
        self.cast = cast == "AttributeMetadata" ? nil : cast
    }

    var collectionName: String {
        steps.map { $0.key == nil ? $0.name : "\($0.name)(\($0.key ?? ""))" }.joined(separator: "/")
    }
}

/// Finds what a metadata URL names.
struct MetadataFinder {
    enum Found {
        case one(MetadataComponent)
        case many([MetadataComponent])
        case nothing
    }

    let schema: Schema
    /// What was made later is not seen yet.
    var elapsed = Double.infinity

    func find(_ path: MetadataPath) throws(WebError) -> Found {
        var found = Found.many(roots(path.root))
        for (place, step) in path.steps.enumerated() {
            if place > 0 { found = try next(step.name, of: found) }
            if let key = step.key { found = .one(try pick(key, from: found, step.name)) }
        }
        if let cast = path.cast, case .one(let component) = found, component.typeName != cast,
            !path.steps.contains(where: { $0.name.hasSuffix("OptionSet") })
        {
            throw .notFound("\(cast) of that name")
        }
        return found
    }

    /// The one component a path ends at.
    func one(_ path: MetadataPath) throws(WebError) -> MetadataComponent {
        guard case .one(let component) = try find(path) else { throw .unknownPath }
        return component
    }

    private func roots(_ name: String) -> [MetadataComponent] {
        switch name {
        case "EntityDefinitions": tables
        case "GlobalOptionSetDefinitions": schema.choiceSets.values.sorted { $0.name < $1.name }.map { .choice($0) }
        default: schema.relationships.map { .relationship($0) }
        }
    }

    var tables: [MetadataComponent] { seen(schema.tables.filter { !$0.isDropped }.map { .table($0) }) }

    func seen(_ components: [MetadataComponent]) -> [MetadataComponent] {
        components.filter { $0.since <= elapsed }
    }

    private func next(_ name: String, of found: Found) throws(WebError) -> Found {
        guard case .one(let component) = found else { throw .unknownPath }
        if let children = component.collection(name, schema) { return .many(seen(children)) }
        if let child = component.single(name, schema) { return child.first.map { .one($0) } ?? .nothing }
        throw .unknownPath
    }

    private func pick(_ key: String, from found: Found, _ name: String) throws(WebError) -> MetadataComponent {
        guard case .many(let components) = found else { throw .unknownPath }
        if let id = Guid(key.trimmed) {
            guard let component = components.first(where: { $0.id == id }) else {
                throw .notFound("component with MetadataId \(id)")
            }
            return component
        }
        let tokens = try FilterLexer.tokens(key)
        guard tokens.count == 4, case .name(let member) = tokens[0], tokens[1].isSymbol("=") else { throw .unknownPath }
        let wanted: String
        switch tokens[2] {
        case .string(let text): wanted = text
        case .guid(let id) where member == "MetadataId": return try pick(id.description, from: found, name)
        default: throw .unknownPath
        }
        guard let component = components.first(where: { $0.isNamed(wanted, by: member) }) else {
            if name == "EntityDefinitions" {
                throw WebError(
                    404, "0x80060888",
                    "The entity with a name = '\(wanted)' with namemapping = 'Logical' was not found in the MetadataCache.")
            }
            throw .notFound("\(name) with \(member) '\(wanted)'")
        }
        return component
    }
}

extension WebError {
    static func notFound(_ what: String) -> WebError { WebError(404, "0x80040217", "Could not find the \(what).") }
}
