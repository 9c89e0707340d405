/// `RetrieveMetadataChanges` ("Query schema definitions"): tables with their columns, keys and relationships in one answer, of each the
/// members that are asked for.
struct MetadataChanges {
    private let finder: MetadataFinder
    private let tables: DefinitionQuery
    /// Each is answered only where the tables' query names its member.
    private let parts: [(member: String, query: DefinitionQuery)]

    /// - Parameter query: an `EntityQueryExpression`.
    init(_ query: JSON, _ finder: MetadataFinder) throws(WebError) {
        self.finder = finder
        tables = try DefinitionQuery(query)
        var parts: [(member: String, query: DefinitionQuery)] = []
        for (member, name) in [
            ("Attributes", "AttributeQuery"), ("Keys", "KeyQuery"), ("OneToManyRelationships", "RelationshipQuery"),
            ("ManyToOneRelationships", "RelationshipQuery"), ("ManyToManyRelationships", "RelationshipQuery"),
        ] where tables.names(member) {
            parts.append((member, try DefinitionQuery(query[name] ?? .null)))
        }
        self.parts = parts
    }

    var entityMetadata: [JSON] {
        finder.tables.compactMap { table in
            guard var object = tables.shown(table, finder.schema) else { return nil }
            for (member, query) in parts {
                let children = finder.seen(table.collection(member, finder.schema) ?? [])
                object[member] = .array(children.compactMap { query.shown($0, finder.schema).map { .object($0) } })
            }
            return .object(object)
        }
    }
}

extension Execution {
    func metadataChanges(_ arguments: FunctionArguments, _ operation: Operation) throws(WebError) -> OperationResult {
        // What changed since is not kept, so a stamp has always expired: the answer to that is a query without one.
        if arguments["ClientVersionStamp"] != nil { throw .expiredStamp }
        let changes = try MetadataChanges(try arguments.object("Query") ?? [:], finder(for: operation))
        return answer(
            of: "RetrieveMetadataChanges",
            [
                .init(name: "EntityMetadata", value: .array(changes.entityMetadata)),
                .init(name: "ServerVersionStamp", value: .string(DeltaToken(version: store.version, time: now).text)),
            ], cost: OperationCost(kind: .metadata))
    }
}

/// `Criteria` and `Properties` over definitions of one kind.
private struct DefinitionQuery {
    private let criteria: DefinitionCriteria?
    /// Nil: all.
    private let names: Set<String>?

    init(_ json: JSON) throws(WebError) {
        criteria = try json["Criteria"].map { json throws(WebError) in try DefinitionCriteria(json) }
        let properties = json["Properties"]
        names =
            properties?["AllProperties"]?.bool == true
            ? nil : Set((properties?["PropertyNames"]?.array ?? []).compactMap(\.string))
    }

    func names(_ member: String) -> Bool { names?.contains(member) ?? true }

    /// Nil where it does not match. Ids and logical names come unasked.
    func shown(_ component: MetadataComponent, _ schema: Schema) -> JSONObject? {
        let object = component.object(schema, cast: true)
        if criteria?.matches(object) == false { return nil }
        var shown = JSONObject(["@odata.type": .string("#Microsoft.Dynamics.CRM.Complex\(component.typeName)")])
        for member in object.members where names(member.name) || ["MetadataId", "LogicalName"].contains(member.name) {
            if member.name != "@odata.type" { shown[member.name] = member.value }
        }
        for member in ["OptionSet", "GlobalOptionSet"] where names(member) {
            guard let choice = component.single(member, schema) else { continue }
            shown[member] = choice.first.map { DefinitionQuery.complex($0, schema) } ?? .null
        }
        return shown
    }

    private static func complex(_ component: MetadataComponent, _ schema: Schema) -> JSON {
        var object = component.object(schema, cast: true)
        object["@odata.type"] = .string("#Microsoft.Dynamics.CRM.Complex\(component.typeName)")
        return .object(object)
    }
}

/// A `MetadataFilterExpression`.
private struct DefinitionCriteria {
    private let needsAll: Bool
    private let conditions: [DefinitionCondition]
    private let filters: [DefinitionCriteria]

    init(_ json: JSON) throws(WebError) {
        needsAll = json["FilterOperator"]?.string != "Or"
        var conditions: [DefinitionCondition] = []
        for condition in json["Conditions"]?.array ?? [] { conditions.append(try DefinitionCondition(condition)) }
        var filters: [DefinitionCriteria] = []
        for filter in json["Filters"]?.array ?? [] { filters.append(try DefinitionCriteria(filter)) }
        (self.conditions, self.filters) = (conditions, filters)
    }

    func matches(_ object: JSONObject) -> Bool {
        let results = conditions.map { $0.matches(object) } + filters.map { $0.matches(object) }
        return results.isEmpty || (needsAll ? results.allSatisfy(\.self) : results.contains(true))
    }
}

/// A `MetadataConditionExpression`: values are told as texts beside their type, and managed properties by their value.
private struct DefinitionCondition {
    private let property: String
    private let isNegated: Bool
    private let values: [JSON]

    init(_ json: JSON) throws(WebError) {
        guard let property = json["PropertyName"]?.string else { throw .url("A condition needs a PropertyName.") }
        self.property = property
        let value = json["Value"]?["Value"] ?? .null
        switch json["ConditionOperator"]?.string {
        case "Equals": (isNegated, values) = (false, [value])
        case "NotEquals": (isNegated, values) = (true, [value])
        case "In": (isNegated, values) = (false, value.array ?? [])
        case "NotIn": (isNegated, values) = (true, value.array ?? [])
        default:
            throw WebError(
                501, "0x80060888", "This ConditionOperator is not simulated: only Equals, NotEquals, In and NotIn are.")
        }
    }

    /// Definitions without the property don't match.
    func matches(_ object: JSONObject) -> Bool {
        guard let found = object[property] else { return false }
        let value = found["Value"] ?? found
        return values.contains { value == $0 || value.plainText != nil && value.plainText == $0.plainText } != isNegated
    }
}

extension JSON {
    /// As the `Value` of a condition tells it; nil for null, lists and objects.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text): text
        case .bool(let flag): String(flag)
        case .integer(let number): String(number)
        default: nil
        }
    }
}
