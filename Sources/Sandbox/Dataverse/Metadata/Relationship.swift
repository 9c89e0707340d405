/// A one-to-many relationship: a lookup column with the table it points at.
struct Relationship {
    var metadataID: Guid
    var schemaName: String
    /// Logical names: the table pointed at, and the table and column that point.
    var referenced: String
    var referencing: String
    var column: String
    /// Navigation properties, on the pointing side and on the other.
    var navigation: String
    var collection: String
    var cascade: JSONObject
    var isCustom: Bool

    static let noCascade = JSONObject([
        "Assign": "NoCascade", "Share": "NoCascade", "Unshare": "NoCascade", "RollupView": "NoCascade", "Reparent": "NoCascade",
        "Delete": "RemoveLink", "Merge": "NoCascade", "Archive": "NoCascade",
    ])

    func json(_ schema: Schema) -> JSONObject {
        JSONObject([
            "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
            "MetadataId": .string(metadataID.description), "SchemaName": .string(schemaName),
            "RelationshipType": "OneToManyRelationship", "ReferencedEntity": .string(referenced),
            "ReferencedAttribute": .string(schema.byLogicalName[referenced]?.keyName ?? ""),
            "ReferencingEntity": .string(referencing), "ReferencingAttribute": .string(column),
            "ReferencingEntityNavigationPropertyName": .string(navigation),
            "ReferencedEntityNavigationPropertyName": .string(collection), "CascadeConfiguration": .object(cascade),
            "IsCustomRelationship": .bool(isCustom), "IsManaged": .bool(!isCustom), "IsHierarchical": false,
            "IsValidForAdvancedFind": true, "SecurityTypes": "None", "IntroducedVersion": "1.0.0.0", "HasChanged": nil,
            "IsCustomizable": .managed(true, "iscustomizable"), "RelationshipBehavior": 1,
        ])
    }
}

extension Schema {
    /// The relationships customers made, and one for each lookup that was there.
    var relationships: [Relationship] {
        var all = customRelationships
        let custom = Set(customRelationships.map { "\($0.referencing)/\($0.column)" })
        for table in tables where !table.isDropped {
            for (position, column) in table.columns.enumerated() where !column.isDropped {
                guard case .lookup(let targets) = column.kind, !custom.contains("\(table.logicalName)/\(column.name)") else {
                    continue
                }
                for target in targets {
                    guard let other = byLogicalName[target] else { continue }
                    all.append(standard(table, position, other, shared: targets.count > 1))
                }
            }
        }
        return all
    }

    private func standard(_ table: TableDefinition, _ column: Int, _ other: TableDefinition, shared: Bool) -> Relationship {
        let name = table.columns[column].name
        let known = other.collectionNavigations.first { $0.value.table == table.index && $0.value.column == column }?.key
        let schemaName = known ?? "\(other.logicalName)_\(table.logicalName)_\(name)"
        return Relationship(
            metadataID: Guid(naming: "relationship/\(schemaName)/\(table.logicalName)"), schemaName: schemaName,
            referenced: other.logicalName, referencing: table.logicalName, column: name,
            navigation: navigationName(of: table, column: column, target: other.index), collection: schemaName,
            cascade: Relationship.noCascade, isCustom: table.columns[column].isCustom)
    }
}
