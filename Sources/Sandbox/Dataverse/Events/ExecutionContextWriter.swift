/// Writes the body of a webhook: a RemoteExecutionContext.
struct ExecutionContextWriter {
    let store: Store
    let organization: String
    let correlation: Guid
    let operation: Guid

    static let largest = 256 * 1024
    private static let contracts = "http://schemas.microsoft.com/xrm/2011/Contracts"

    /// The body, and whether parts were left out because it would have been too large.
    func body(_ event: WriteEvent) -> (bytes: [UInt8], isCut: Bool) {
        let whole = JSON.object(object(event, whole: true)).encoded
        if whole.count <= Self.largest { return (whole, false) }
        return (JSON.object(object(event, whole: false)).encoded, true)
    }

    private func object(_ event: WriteEvent, whole: Bool) -> JSONObject {
        let table = store.schema[event.row.table]
        let unit = store.rootBusinessUnit.guid?.description ?? ""
        var object = JSONObject([
            "BusinessUnitId": .string(unit), "CorrelationId": .string(correlation.description), "Depth": 1,
            "InitiatingUserAzureActiveDirectoryObjectId": "00000000-0000-0000-0000-000000000000",
            "InitiatingUserId": .string(event.initiator.description), "IsExecutingOffline": false, "IsInTransaction": false,
            "IsOfflinePlayback": false, "IsolationMode": 1, "MessageName": .string(event.message.rawValue), "Mode": 1,
            "OperationCreatedOn": Self.date(event.at), "OperationId": .string(operation.description),
            "OrganizationId": .string(organization), "OrganizationName": "demo",
            "OwningExtension": Self.reference("sdkmessageprocessingstep", Guid(high: 0, low: 0), nil),
            "PrimaryEntityId": .string(event.row.id.description),
            "PrimaryEntityName": event.relation == nil ? .string(table.logicalName) : "none",
            "RequestId": .string(correlation.description), "SecondaryEntityName": "none", "SharedVariables": [], "Stage": 40,
            "UserId": .string(event.user.description),
        ])
        object["OutputParameters"] =
            event.message == .create ? [["key": "id", "value": .string(event.row.id.description)]] : []
        guard whole else { return object }
        object["InputParameters"] =
            event.relation.map { .array(relation($0, of: event, table)) }
            ?? [["key": "Target", "value": target(event, table)]]
        object["ParentContext"] = .null
        object["PreEntityImages"] = []
        object["PostEntityImages"] = []
        return object
    }

    private func relation(_ relation: WriteEvent.Relation, of event: WriteEvent, _ table: TableDefinition) -> [JSON] {
        let other = store.schema[relation.other.table].logicalName
        return [
            ["key": "Target", "value": Self.reference(table.logicalName, event.row.id, nil)],
            [
                "key": "Relationship",
                "value": [
                    "__type": .string("Relationship:\(Self.contracts)"), "PrimaryEntityRole": nil,
                    "SchemaName": .string(relation.name),
                ],
            ],
            ["key": "RelatedEntities", "value": .array([Self.reference(other, relation.other.id, nil)])],
        ]
    }

    private func target(_ event: WriteEvent, _ table: TableDefinition) -> JSON {
        if event.message == .delete { return Self.reference(table.logicalName, event.row.id, nil) }
        var attributes: [JSON] = []
        var formatted: [JSON] = []
        for (column, value) in event.values {
            let definition = table.columns[column]
            guard !definition.isSecret, definition.kind != .key else { continue }
            attributes.append(["key": .string(definition.name), "value": json(value, definition.kind)])
            if case .choice(let options) = definition.kind, let label = options.first(where: { $0.value == value.integer })?.label
            {
                formatted.append(["key": .string(definition.name), "value": .string(label)])
            }
        }
        attributes.append(["key": .string(table.keyName), "value": .string(event.row.id.description)])
        return [
            "__type": .string("Entity:\(Self.contracts)"), "Attributes": .array(attributes), "EntityState": nil,
            "FormattedValues": .array(formatted), "Id": .string(event.row.id.description), "KeyAttributes": [],
            "LogicalName": .string(table.logicalName), "RelatedEntities": [], "RowVersion": nil,
        ]
    }

    private func json(_ value: CellValue, _ kind: ColumnKind) -> JSON {
        switch (value, kind) {
        case (.lookup(let reference), _):
            Self.reference(store.schema[reference.table].logicalName, reference.id, store.name(of: reference))
        case (.integer(let number), .choice), (.integer(let number), .state), (.integer(let number), .status):
            ["__type": .string("OptionSetValue:\(Self.contracts)"), "Value": .integer(number)]
        case (.date(let seconds), _): Self.date(seconds)
        default: value.json
        }
    }

    private static func date(_ seconds: Int64) -> JSON { .string("/Date(\(seconds * 1000))/") }

    private static func reference(_ table: String, _ id: Guid, _ name: String?) -> JSON {
        [
            "__type": .string("EntityReference:\(contracts)"), "Id": .string(id.description), "KeyAttributes": [],
            "LogicalName": .string(table), "Name": name.map { .string($0) } ?? .null, "RowVersion": nil,
        ]
    }
}
