/// A message of the service: what it is called with, and what it answers.
struct ServiceOperation: Sendable {
    enum Binding: Sendable, Equatable {
        case unbound
        /// A row of the table.
        case row(String)
        /// The rows of each table that takes bulk messages.
        case bulkRows
    }

    let name: String
    var isFunction = false
    var binding = Binding.unbound
    /// Types by name.
    var parameters: KeyValuePairs<String, String> = [:]
    /// Members of what it answers; none: 204.
    var response: KeyValuePairs<String, String> = [:]

    static func named(_ name: String) -> ServiceOperation? { all.first { $0.name == name } }
}

extension ServiceOperation {
    static let all = rows + queues + bulk + customization

    private static let rows = [
        ServiceOperation(
            name: "WhoAmI", isFunction: true,
            response: ["BusinessUnitId": "Edm.Guid", "UserId": "Edm.Guid", "OrganizationId": "Edm.Guid"]),
        ServiceOperation(
            name: "RetrieveUserSetOfPrivilegesByNames", isFunction: true, binding: .row("systemuser"),
            parameters: ["PrivilegeNames": "Collection(Edm.String)"],
            response: ["RolePrivileges": "Collection(mscrm.RolePrivilege)"]),
        ServiceOperation(
            name: "Merge",
            parameters: [
                "Target": "mscrm.crmbaseentity", "Subordinate": "mscrm.crmbaseentity", "UpdateContent": "mscrm.crmbaseentity",
                "PerformParentingChecks": "Edm.Boolean",
            ]),
    ]

    private static let queues = [
        ServiceOperation(
            name: "AddToQueue", binding: .row("queue"),
            parameters: [
                "Target": "mscrm.crmbaseentity", "SourceQueue": "mscrm.queue", "QueueItemProperties": "mscrm.queueitem",
            ], response: ["QueueItemId": "Edm.Guid"]),
        ServiceOperation(
            name: "PickFromQueue", binding: .row("queueitem"),
            parameters: ["SystemUser": "mscrm.systemuser", "RemoveQueueItem": "Edm.Boolean"]),
        ServiceOperation(name: "ReleaseToQueue", binding: .row("queueitem")),
        ServiceOperation(name: "RemoveFromQueue", binding: .row("queueitem")),
        ServiceOperation(
            name: "RouteTo", parameters: ["Target": "mscrm.crmbaseentity", "QueueItem": "mscrm.queueitem"]),
    ]

    private static let targets: KeyValuePairs<String, String> = ["Targets": "Collection(mscrm.crmbaseentity)"]
    private static let bulk = [
        ServiceOperation(
            name: "CreateMultiple", binding: .bulkRows, parameters: targets, response: ["Ids": "Collection(Edm.Guid)"]),
        ServiceOperation(name: "UpdateMultiple", binding: .bulkRows, parameters: targets),
        ServiceOperation(name: "UpsertMultiple", binding: .bulkRows, parameters: targets),
    ]

    private static let newOption: KeyValuePairs<String, String> = ["NewOptionValue": "Edm.Int32"]
    private static let customization = [
        ServiceOperation(
            name: "RetrieveMetadataChanges", isFunction: true,
            parameters: ["Query": "mscrm.EntityQueryExpression", "ClientVersionStamp": "Edm.String"],
            response: ["EntityMetadata": "Collection(mscrm.ComplexEntityMetadata)", "ServerVersionStamp": "Edm.String"]),
        ServiceOperation(
            name: "CreateEntities",
            parameters: ["Entities": "Collection(mscrm.ComplexEntityMetadata)", "SolutionUniqueName": "Edm.String"]),
        ServiceOperation(name: "PublishXml", parameters: ["ParameterXml": "Edm.String"]),
        ServiceOperation(name: "PublishAllXml"),
        ServiceOperation(
            name: "InsertStatusValue",
            parameters: [
                "OptionSetName": "Edm.String", "EntityLogicalName": "Edm.String", "AttributeLogicalName": "Edm.String",
                "StateCode": "Edm.Int32", "Value": "Edm.Int32", "Label": "mscrm.Label", "Description": "mscrm.Label",
                "SolutionUniqueName": "Edm.String",
            ], response: newOption),
        ServiceOperation(
            name: "InsertOptionValue",
            parameters: [
                "OptionSetName": "Edm.String", "EntityLogicalName": "Edm.String", "AttributeLogicalName": "Edm.String",
                "Value": "Edm.Int32", "Label": "mscrm.Label", "Description": "mscrm.Label", "SolutionUniqueName": "Edm.String",
            ], response: newOption),
        ServiceOperation(
            name: "DeleteOptionValue",
            parameters: [
                "OptionSetName": "Edm.String", "EntityLogicalName": "Edm.String", "AttributeLogicalName": "Edm.String",
                "Value": "Edm.Int32", "SolutionUniqueName": "Edm.String",
            ]),
        ServiceOperation(
            name: "ReactivateEntityKey", parameters: ["EntityLogicalName": "Edm.String", "EntityKeyLogicalName": "Edm.String"]),
    ]
}
