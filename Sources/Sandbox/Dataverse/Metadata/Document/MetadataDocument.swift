/// `$metadata`: the model as CSDL.
struct MetadataDocument {
    let schema: Schema

    func result() -> OperationResult {
        var xml = #"<?xml version="1.0" encoding="utf-8"?>"# + "\n"
        xml += #"<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>"#
        xml += #"<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">"#
        xml += #"<EntityType Name="crmbaseentity" Abstract="true" />"#
        let tables = schema.tables.filter { !$0.isDropped }
        for table in tables { xml += entityType(table) }
        xml += #"<EntityContainer Name="System">"#
        for table in tables {
            xml += #"<EntitySet Name="\#(table.setName)" EntityType="Microsoft.Dynamics.CRM.\#(table.logicalName)" />"#
        }
        xml += "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
        var result = OperationResult(200)
        result.contentType = "application/xml"
        result.body = Array(xml.utf8)
        return result
    }

    private func entityType(_ table: TableDefinition) -> String {
        var xml = #"<EntityType Name="\#(table.logicalName)" BaseType="mscrm.crmbaseentity">"#
        xml += #"<Key><PropertyRef Name="\#(table.keyName)" /></Key>"#
        for column in table.columns where !column.isDropped {
            xml += #"<Property Name="\#(column.propertyName)" Type="\#(column.kind.edmType)" />"#
        }
        for (name, navigation) in table.singleNavigations.sorted(by: { $0.key < $1.key }) {
            let type = navigation.target.map { schema[$0].logicalName } ?? "principal"
            xml += #"<NavigationProperty Name="\#(name)" Type="mscrm.\#(type)" />"#
        }
        for (name, navigation) in table.collectionNavigations.sorted(by: { $0.key < $1.key }) {
            xml += #"<NavigationProperty Name="\#(name)" Type="Collection(mscrm.\#(schema[navigation.table].logicalName))" />"#
        }
        return xml + "</EntityType>"
    }
}
