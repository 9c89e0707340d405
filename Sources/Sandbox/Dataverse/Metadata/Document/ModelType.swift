/// A type of the model that is no table: what definitions, labels and queries over definitions are made of.
///
/// Definitions are open types: of their many members only those are declared that a client can't do without.
struct ModelType: Sendable {
    enum Kind: String, Sendable {
        case entity = "EntityType"
        case complex = "ComplexType"
        case enumeration = "EnumType"
    }

    let kind: Kind
    let name: String
    var base: String?
    var isAbstract = false
    var isOpen = false
    var key: String?
    /// Types by name; of an enumeration the members' values.
    var properties: KeyValuePairs<String, String> = [:]
    var navigations: KeyValuePairs<String, String> = [:]

    var markup: Markup {
        var children =
            key.map { [Markup.key($0), Markup("Property", ["Name": $0, "Type": "Edm.Guid", "Nullable": "false"])] } ?? []
        children +=
            kind == .enumeration
            ? properties.map { Markup("Member", ["Name": $0.key, "Value": $0.value]) } : Markup.properties(properties)
        children += navigations.map { Markup("NavigationProperty", ["Name": $0.key, "Type": $0.value]) }
        return Markup(
            kind.rawValue,
            [
                "Name": name, "BaseType": base.map { "mscrm.\($0)" }, "Abstract": isAbstract ? "true" : nil,
                "OpenType": isOpen ? "true" : nil,
            ], children)
    }
}

extension ModelType {
    /// Sets of definitions, with their types.
    static let sets: KeyValuePairs<String, String> = [
        "EntityDefinitions": "Microsoft.Dynamics.CRM.EntityMetadata",
        "GlobalOptionSetDefinitions": "Microsoft.Dynamics.CRM.OptionSetMetadataBase",
        "RelationshipDefinitions": "Microsoft.Dynamics.CRM.RelationshipMetadataBase",
    ]

    static let all = rows + definitions + columns + choices + complexDefinitions + queries

    private static func entity(_ name: String, base: String? = nil) -> ModelType {
        ModelType(kind: .entity, name: name, base: base)
    }

    private static func complex(
        _ name: String, base: String? = nil, isOpen: Bool = false, _ properties: KeyValuePairs<String, String> = [:]
    ) -> ModelType {
        ModelType(kind: .complex, name: name, base: base, isOpen: isOpen, properties: properties)
    }

    private static let rows = [
        ModelType(kind: .entity, name: "crmbaseentity", isAbstract: true),
        ModelType(kind: .entity, name: "principal", base: "crmbaseentity", isAbstract: true, key: "ownerid"),
        complex(
            "RolePrivilege",
            [
                "PrivilegeId": "Edm.Guid", "PrivilegeName": "Edm.String", "Depth": "Edm.String", "BusinessUnitId": "Edm.Guid",
                "RecordFilterId": "Edm.Guid", "RecordFilterUniqueName": "Edm.String",
            ]),
    ]

    private static let definitions = [
        ModelType(
            kind: .entity, name: "MetadataBase", isAbstract: true, isOpen: true, key: "MetadataId",
            properties: ["HasChanged": "Edm.Boolean"]),
        ModelType(
            kind: .entity, name: "EntityMetadata", base: "MetadataBase",
            properties: [
                "LogicalName": "Edm.String", "SchemaName": "Edm.String", "EntitySetName": "Edm.String",
                "PrimaryIdAttribute": "Edm.String", "PrimaryNameAttribute": "Edm.String", "DisplayName": "mscrm.Label",
                "DisplayCollectionName": "mscrm.Label", "Description": "mscrm.Label",
            ],
            navigations: [
                "Attributes": "Collection(mscrm.AttributeMetadata)", "Keys": "Collection(mscrm.EntityKeyMetadata)",
                "OneToManyRelationships": "Collection(mscrm.OneToManyRelationshipMetadata)",
                "ManyToOneRelationships": "Collection(mscrm.OneToManyRelationshipMetadata)",
                "ManyToManyRelationships": "Collection(mscrm.ManyToManyRelationshipMetadata)",
            ]),
        ModelType(
            kind: .entity, name: "EntityKeyMetadata", base: "MetadataBase",
            properties: ["LogicalName": "Edm.String", "SchemaName": "Edm.String", "KeyAttributes": "Collection(Edm.String)"]),
        ModelType(
            kind: .entity, name: "RelationshipMetadataBase", base: "MetadataBase", isAbstract: true,
            properties: ["SchemaName": "Edm.String"]),
        ModelType(
            kind: .entity, name: "OneToManyRelationshipMetadata", base: "RelationshipMetadataBase",
            properties: [
                "ReferencedEntity": "Edm.String", "ReferencedAttribute": "Edm.String", "ReferencingEntity": "Edm.String",
                "ReferencingAttribute": "Edm.String", "ReferencingEntityNavigationPropertyName": "Edm.String",
                "ReferencedEntityNavigationPropertyName": "Edm.String",
            ]),
        entity("ManyToManyRelationshipMetadata", base: "RelationshipMetadataBase"),
        complex("Label", ["LocalizedLabels": "Collection(mscrm.LocalizedLabel)", "UserLocalizedLabel": "mscrm.LocalizedLabel"]),
        complex(
            "LocalizedLabel",
            [
                "Label": "Edm.String", "LanguageCode": "Edm.Int32", "IsManaged": "Edm.Boolean", "MetadataId": "Edm.Guid",
                "HasChanged": "Edm.Boolean",
            ]),
    ]

    /// Column types without options of their own.
    private static let plainColumns = [
        "BigInt", "DateTime", "Decimal", "Double", "EntityName", "Integer", "Lookup", "Memo", "String", "Uniqueidentifier",
    ]
    private static let choiceColumns = ["Picklist", "State", "Status"]

    private static let columns =
        [
            ModelType(
                kind: .entity, name: "AttributeMetadata", base: "MetadataBase",
                properties: [
                    "LogicalName": "Edm.String", "SchemaName": "Edm.String", "EntityLogicalName": "Edm.String",
                    "DisplayName": "mscrm.Label", "Description": "mscrm.Label",
                ]),
            ModelType(
                kind: .entity, name: "EnumAttributeMetadata", base: "AttributeMetadata", isAbstract: true,
                navigations: ["OptionSet": "mscrm.OptionSetMetadata", "GlobalOptionSet": "mscrm.OptionSetMetadata"]),
            ModelType(
                kind: .entity, name: "BooleanAttributeMetadata", base: "AttributeMetadata",
                navigations: ["OptionSet": "mscrm.BooleanOptionSetMetadata", "GlobalOptionSet": "mscrm.BooleanOptionSetMetadata"]
            ),
        ] + plainColumns.map { entity("\($0)AttributeMetadata", base: "AttributeMetadata") }
        + choiceColumns.map { entity("\($0)AttributeMetadata", base: "EnumAttributeMetadata") }

    private static let choices = [
        ModelType(
            kind: .entity, name: "OptionSetMetadataBase", base: "MetadataBase", isAbstract: true,
            properties: ["Name": "Edm.String", "IsGlobal": "Edm.Boolean", "DisplayName": "mscrm.Label"]),
        ModelType(
            kind: .entity, name: "OptionSetMetadata", base: "OptionSetMetadataBase",
            properties: ["Options": "Collection(mscrm.OptionMetadata)"]),
        ModelType(
            kind: .entity, name: "BooleanOptionSetMetadata", base: "OptionSetMetadataBase",
            properties: ["TrueOption": "mscrm.OptionMetadata", "FalseOption": "mscrm.OptionMetadata"]),
        complex("OptionMetadata", isOpen: true, ["Value": "Edm.Int32", "Label": "mscrm.Label"]),
        complex("StateOptionMetadata", base: "OptionMetadata"),
        complex("StatusOptionMetadata", base: "OptionMetadata"),
    ]

    /// Definitions once more, as actions and functions take and give them: an entity type can't be a parameter.
    private static let complexDefinitions =
        [
            complex(
                "ComplexEntityMetadata", isOpen: true,
                [
                    "SchemaName": "Edm.String", "DisplayName": "mscrm.Label", "DisplayCollectionName": "mscrm.Label",
                    "Attributes": "Collection(mscrm.ComplexAttributeMetadata)",
                ]),
            complex("ComplexAttributeMetadata", isOpen: true, ["SchemaName": "Edm.String", "DisplayName": "mscrm.Label"]),
            complex("ComplexEntityKeyMetadata", isOpen: true, ["KeyAttributes": "Collection(Edm.String)"]),
            complex("ComplexOneToManyRelationshipMetadata", isOpen: true, ["SchemaName": "Edm.String"]),
            complex("ComplexOptionSetMetadata", isOpen: true, ["Options": "Collection(mscrm.OptionMetadata)"]),
            complex(
                "ComplexBooleanOptionSetMetadata", isOpen: true,
                ["TrueOption": "mscrm.OptionMetadata", "FalseOption": "mscrm.OptionMetadata"]),
        ]
        + (plainColumns + choiceColumns + ["Boolean"]).map {
            complex("Complex\($0)AttributeMetadata", base: "ComplexAttributeMetadata")
        }

    private static let queries = [
        complex(
            "EntityQueryExpression",
            [
                "Criteria": "mscrm.MetadataFilterExpression", "Properties": "mscrm.MetadataPropertiesExpression",
                "AttributeQuery": "mscrm.AttributeQueryExpression", "KeyQuery": "mscrm.EntityKeyQueryExpression",
                "RelationshipQuery": "mscrm.RelationshipQueryExpression", "LabelQuery": "mscrm.LabelQueryExpression",
            ]),
        complex("AttributeQueryExpression", part), complex("EntityKeyQueryExpression", part),
        complex("RelationshipQueryExpression", part),
        complex("LabelQueryExpression", ["FilterLanguages": "Collection(Edm.Int32)"]),
        complex("MetadataPropertiesExpression", ["AllProperties": "Edm.Boolean", "PropertyNames": "Collection(Edm.String)"]),
        complex(
            "MetadataFilterExpression",
            [
                "FilterOperator": "mscrm.LogicalOperator", "Conditions": "Collection(mscrm.MetadataConditionExpression)",
                "Filters": "Collection(mscrm.MetadataFilterExpression)",
            ]),
        complex(
            "MetadataConditionExpression",
            [
                "PropertyName": "Edm.String", "ConditionOperator": "mscrm.MetadataConditionOperator", "Value": "mscrm.Object",
            ]),
        complex("Object", ["Type": "Edm.String", "Value": "Edm.String"]),
        ModelType(kind: .enumeration, name: "LogicalOperator", properties: ["And": "0", "Or": "1"]),
        ModelType(
            kind: .enumeration, name: "MetadataConditionOperator",
            properties: ["Equals": "0", "NotEquals": "1", "In": "2", "NotIn": "3"]),
    ]
    private static let part: KeyValuePairs<String, String> = [
        "Criteria": "mscrm.MetadataFilterExpression", "Properties": "mscrm.MetadataPropertiesExpression",
    ]
}
