/// `$metadata`: the model as CSDL ("OData Version 4.0 Part 3: Common Schema Definition Language").
struct MetadataDocument {
    let schema: Schema

    private var tables: [TableDefinition] { schema.tables.filter { !$0.isDropped } }

    func result() -> OperationResult {
        let types = ModelType.all.map(\.markup) + tables.map(entityType) + ServiceOperation.all.compactMap(\.responseMarkup)
        let bulkTables = tables.filter { $0.takesBulkMessages && !$0.isVirtual }.map(\.logicalName)
        let operations = ServiceOperation.all.flatMap { $0.markup(bulkTables: bulkTables) }
        let content = Markup(
            "Schema",
            [
                "Namespace": "Microsoft.Dynamics.CRM", "Alias": "mscrm", "xmlns": "http://docs.oasis-open.org/odata/ns/edm",
            ], types + operations + [container])
        let document = Markup(
            "edmx:Edmx", ["Version": "4.0", "xmlns:edmx": "http://docs.oasis-open.org/odata/ns/edmx"],
            [vocabulary, Markup("edmx:DataServices", [:], [content])])
        var result = OperationResult(200)
        result.contentType = "application/xml"
        result.body = Array((#"<?xml version="1.0" encoding="utf-8"?>"# + "\n" + document.text).utf8)
        return result
    }

    /// Users and teams are principals, and have their key from there.
    private func entityType(_ table: TableDefinition) -> Markup {
        let isPrincipal = ["systemuser", "team"].contains(table.logicalName)
        let key = isPrincipal ? [] : [Markup.key(table.keyName)]
        let columns = table.columns.filter { !$0.isDropped && !(isPrincipal && $0.name == "ownerid") }
        return Markup(
            "EntityType",
            ["Name": table.logicalName, "BaseType": isPrincipal ? "mscrm.principal" : "mscrm.crmbaseentity"],
            key + columns.map(property)
                + navigations(table).map { Markup("NavigationProperty", ["Name": $0.name, "Type": $0.type]) })
    }

    /// What clients can't write is marked as computed; lookups are written by their navigation.
    private func property(_ column: ColumnDefinition) -> Markup {
        let isComputed = column.kind.isLookup || column.access.isEmpty
        return Markup(
            "Property",
            [
                "Name": column.propertyName, "Type": column.kind.edmType, "Nullable": column.kind == .key ? "false" : nil,
                "Scale": column.kind == .number ? "variable" : nil,
            ], isComputed ? [Markup("Annotation", ["Term": "Org.OData.Core.V1.Computed", "Bool": "true"])] : [])
    }

    private let vocabulary = Markup(
        "edmx:Reference", ["Uri": "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml"],
        [Markup("edmx:Include", ["Namespace": "Org.OData.Core.V1"])])

    private struct Navigation {
        var name: String
        var type: String
        /// Where its rows are; nil where that may be in several sets.
        var set: String?
    }

    private func navigations(_ table: TableDefinition) -> [Navigation] {
        let single = table.singleNavigations.sorted { $0.key < $1.key }.map { name, navigation in
            let target = navigation.target.map { schema[$0] }
            return Navigation(name: name, type: "mscrm.\(target?.logicalName ?? "principal")", set: target?.setName)
        }
        let many = table.collectionNavigations.sorted { $0.key < $1.key }.map { name, navigation in
            let target = schema[navigation.table]
            return Navigation(name: name, type: "Collection(mscrm.\(target.logicalName))", set: target.setName)
        }
        return single + many
    }

    private var container: Markup {
        let sets = tables.map { table in
            let bindings = navigations(table).compactMap { navigation in
                navigation.set.map { Markup("NavigationPropertyBinding", ["Path": navigation.name, "Target": $0]) }
            }
            return Markup(
                "EntitySet", ["Name": table.setName, "EntityType": "Microsoft.Dynamics.CRM.\(table.logicalName)"], bindings)
        }
        let definitions = ModelType.sets.map { Markup("EntitySet", ["Name": $0.key, "EntityType": $0.value]) }
        return Markup("EntityContainer", ["Name": "System"], sets + definitions + ServiceOperation.all.compactMap(\.importMarkup))
    }
}
