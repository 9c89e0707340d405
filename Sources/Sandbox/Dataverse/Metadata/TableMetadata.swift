extension TableDefinition {
    /// The table as an `EntityMetadata`.
    var metadata: JSONObject {
        var object = JSONObject([
            "MetadataId": .string(metadataID.description), "LogicalName": .string(logicalName), "SchemaName": .string(schemaName),
            "EntitySetName": .string(setName), "LogicalCollectionName": .string(setName),
            "CollectionSchemaName": .string(schemaName + "s"), "ObjectTypeCode": .integer(typeCode),
            "PrimaryIdAttribute": .string(keyName), "PrimaryNameAttribute": .string(primaryName),
            "OwnershipType": .string(ownershipType), "TableType": .string(isVirtual ? "Virtual" : "Standard"),
            "IsActivity": .bool(isActivity), "IsCustomEntity": .bool(isCustom), "IsManaged": .bool(!isCustom),
            "IsIntersect": false, "IsPrivate": false, "IsLogicalEntity": false, "IsBPFEntity": false, "IsChildEntity": false,
            "IsActivityParty": .bool(!isVirtual), "IsEnabledForCharts": .bool(!isVirtual), "IsImportable": true,
            "IsOptimisticConcurrencyEnabled": .bool(!isVirtual), "EntityHelpUrlEnabled": false, "IsStateModelAware": true,
        ])
        object.members += [
            .init(name: "ChangeTrackingEnabled", value: .bool(tracksChanges)),
            .init(name: "CanChangeTrackingBeEnabled", value: .managed(!isVirtual, "canchangetrackingbeenabled")),
            .init(name: "IsCustomizable", value: .managed(true, "iscustomizable")),
            .init(name: "IsRenameable", value: .managed(true, "isrenameable")),
            .init(name: "CanCreateAttributes", value: .managed(true, "cancreateattributes")),
            .init(name: "CanBeRelatedEntityInRelationship", value: .managed(true, "canberelatedentityinrelationship")),
            .init(name: "CanBePrimaryEntityInRelationship", value: .managed(true, "canbeprimaryentityinrelationship")),
            .init(name: "IsValidForQueue", value: .managed(isActivity, "canmodifyqueuesettings")),
            .init(name: "IsAuditEnabled", value: .managed(false, "canmodifyauditsettings")),
            .init(name: "IsDuplicateDetectionEnabled", value: .managed(false, "canmodifyduplicatedetectionsettings")),
            .init(name: "AutoRouteToOwnerQueue", value: false),
            .init(name: "HasNotes", value: facets["HasNotes"] ?? .bool(!isCustom)),
            .init(name: "HasActivities", value: facets["HasActivities"] ?? .bool(!isCustom)),
            .init(name: "HasFeedback", value: false), .init(name: "HasChanged", value: .null),
            .init(name: "IntroducedVersion", value: "1.0.0.0"),
            .init(name: "DisplayName", value: facets["DisplayName"] ?? MetadataLabel.of(schemaName)),
            .init(name: "DisplayCollectionName", value: facets["DisplayCollectionName"] ?? MetadataLabel.of(schemaName + "s")),
            .init(name: "Description", value: facets["Description"] ?? MetadataLabel.none),
        ]
        for name in ["DataProviderId", "DataSourceId", "ExternalName", "ExternalCollectionName"] {
            object[name] = facets[name] ?? .null
        }
        return object
    }

    private var ownershipType: String {
        switch ownership {
        case .user: "UserOwned"
        case .businessUnit: "BusinessOwned"
        case .organization: "OrganizationOwned"
        case .none: "None"
        }
    }
}
