import Dynamics

/// Writes descriptions the way the metadata interface takes them ("Create and update table definitions using the Web API").
///
/// Schema names are the logical names themselves, in lower case, so that the names of navigation properties can be foretold.
struct MetadataBody: Sendable {
    /// Base language of the environment; labels in another are not shown.
    let language: Int

    func label(_ text: String) -> ODataBody {
        var localized = ODataBody()
        localized.set("@odata.type", "Microsoft.Dynamics.CRM.LocalizedLabel")
        localized.set("Label", text)
        localized.set("LanguageCode", language)
        var label = ODataBody()
        label.set("@odata.type", "Microsoft.Dynamics.CRM.Label")
        label.set("LocalizedLabels", [localized])
        return label
    }

    func table(_ table: SolutionPart.Table) -> ODataBody {
        var body = tableHead(table)
        body.set("ChangeTrackingEnabled", true)
        body.set("Attributes", [primaryName(table)])
        return body
    }

    /// - Parameters:
    ///   - provider: id of the OData v4 data provider.
    ///   - source: id of the data source's row.
    func virtualTable(_ part: SolutionPart.VirtualTable, provider: String, source: String) -> ODataBody {
        var body = tableHead(part.table)
        body.set("DataProviderId", provider)
        body.set("DataSourceId", source)
        body.set("ExternalName", part.entitySet)
        body.set("ExternalCollectionName", part.entitySet)
        var name = primaryName(part.table)
        name.set("ExternalName", part.nameProperty)
        body.set("Attributes", [name])
        return body
    }

    private func tableHead(_ table: SolutionPart.Table) -> ODataBody {
        var body = ODataBody()
        body.set("@odata.type", "Microsoft.Dynamics.CRM.EntityMetadata")
        body.set("SchemaName", table.name)
        body.set("DisplayName", label(table.label))
        body.set("DisplayCollectionName", label(table.pluralLabel))
        body.set("Description", label(table.description))
        body.set("OwnershipType", "OrganizationOwned")
        body.set("IsActivity", false)
        body.set("HasActivities", false)
        body.set("HasNotes", false)
        return body
    }

    private func primaryName(_ table: SolutionPart.Table) -> ODataBody {
        var body = column("String", "StringType", table.primaryName, "Name", nil)
        body.set("IsPrimaryName", true)
        body.set("MaxLength", 100)
        body.set("FormatName", value("Text"))
        return body
    }

    func column(_ part: SolutionPart.Column) -> ODataBody {
        switch part.type {
        case .text(let length, let format):
            var body = column("String", "StringType", part.name, part.label, part.description)
            body.set("MaxLength", length)
            body.set("FormatName", value(format.rawValue))
            return body
        case .memo(let length):
            var body = column("Memo", "MemoType", part.name, part.label, part.description)
            body.set("MaxLength", length)
            body.set("Format", "TextArea")
            return body
        case .whole(let range):
            var body = column("Integer", "IntegerType", part.name, part.label, part.description)
            body.set("MinValue", range.lowerBound)
            body.set("MaxValue", range.upperBound)
            body.set("Format", "None")
            return body
        case .flag:
            var body = column("Boolean", "BooleanType", part.name, part.label, part.description)
            body.set("DefaultValue", false)
            body.set("OptionSet", yesNo())
            return body
        case .choice(let options):
            var body = column("Picklist", "PicklistType", part.name, part.label, part.description)
            body.set("OptionSet", optionSet(options))
            return body
        }
    }

    private func column(_ type: String, _ typeName: String, _ name: String, _ label: String, _ description: String?) -> ODataBody
    {
        var body = ODataBody()
        body.set("@odata.type", "Microsoft.Dynamics.CRM.\(type)AttributeMetadata")
        body.set("AttributeType", type)
        body.set("AttributeTypeName", value(typeName))
        body.set("SchemaName", name)
        body.set("DisplayName", self.label(label))
        if let description { body.set("Description", self.label(description)) }
        body.set("RequiredLevel", notRequired())
        return body
    }

    func lookup(_ part: SolutionPart.Lookup) -> ODataBody {
        var body = ODataBody()
        body.set("@odata.type", "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata")
        body.set("SchemaName", part.relationship)
        body.set("ReferencedEntity", part.target)
        body.set("ReferencingEntity", part.table)
        var cascade = ODataBody()
        for action in ["Assign", "Merge", "Reparent", "Share", "Unshare"] { cascade.set(action, "NoCascade") }
        cascade.set("Delete", "RemoveLink")
        body.set("CascadeConfiguration", cascade)
        var lookup = ODataBody()
        lookup.set("@odata.type", "Microsoft.Dynamics.CRM.LookupAttributeMetadata")
        lookup.set("AttributeType", "Lookup")
        lookup.set("AttributeTypeName", value("LookupType"))
        lookup.set("SchemaName", part.name)
        lookup.set("DisplayName", label(part.label))
        lookup.set("Description", label(part.description))
        lookup.set("RequiredLevel", notRequired())
        body.set("Lookup", lookup)
        return body
    }

    func key(_ part: SolutionPart.Key) -> ODataBody {
        var body = ODataBody()
        body.set("SchemaName", part.name)
        body.set("DisplayName", label(part.label))
        body.set("KeyAttributes", part.columns)
        return body
    }

    private func value(_ text: String) -> ODataBody {
        var body = ODataBody()
        body.set("Value", text)
        return body
    }

    private func notRequired() -> ODataBody {
        var body = value("None")
        body.set("CanBeChanged", true)
        body.set("ManagedPropertyLogicalName", "canmodifyrequirementlevelsettings")
        return body
    }

    private func yesNo() -> ODataBody {
        var body = ODataBody()
        body.set("@odata.type", "Microsoft.Dynamics.CRM.BooleanOptionSetMetadata")
        body.set("TrueOption", option(1, "Yes"))
        body.set("FalseOption", option(0, "No"))
        return body
    }

    private func optionSet(_ options: [ColumnType.Option]) -> ODataBody {
        var body = ODataBody()
        body.set("@odata.type", "Microsoft.Dynamics.CRM.OptionSetMetadata")
        body.set("OptionSetType", "Picklist")
        body.set("IsGlobal", false)
        body.set("Options", options.map { option($0.value, $0.label) })
        return body
    }

    private func option(_ value: Int, _ text: String) -> ODataBody {
        var body = ODataBody()
        body.set("Value", value)
        body.set("Label", label(text))
        return body
    }
}
