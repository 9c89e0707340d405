import Model
package import Dynamics
import Foundation

/// Reads what stands in an environment, one request after another: metadata is slow, and caches are passed over.
package struct EnvironmentReader: Sendable {
    let metadata: MetadataReader

    /// - Parameter pause: waits before it asks again; tests hand in one that does not.
    package init(
        dynamics: DynamicsClient,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        metadata = MetadataReader(dynamics: dynamics, pause: pause)
    }

    /// - Throws: `DynamicsError`; `CancellationError`.
    package func read(_ definition: SolutionDefinition) async throws -> EnvironmentState {
        var state = EnvironmentState()
        state.language =
            try await rows("organizations", select: ["languagecode"]).first?.int("languagecode") ?? state.language
        state.publisher = try await publisher(definition.names.publisher)
        state.solution = try await solution(definition.names.name)
        for table in Set(definition.tables).union(["phonecall", "systemuser"]).sorted() {
            state.tables[table] = try await self.table(table, wanting: definition)
        }
        if definition.parts.contains(where: { $0.kind == "data_source" }) { try await readSources(&state) }
        if definition.parts.contains(where: { $0.kind == "webhook_step" }) {
            try await readWebhook(definition.names.name, &state)
        }
        if let table = state.tables[definition.names.settingTable] {
            state.settingRows = try await settingRows(table, column: definition.names.settingName)
        }
        try await readForms(definition, &state)
        return state
    }

    private func publisher(_ name: String) async throws -> EnvironmentState.Publisher? {
        try await rows(
            "publishers", select: ["publisherid", "customizationprefix", "customizationoptionvalueprefix"],
            filter: .equal("uniquename", .string(name))
        ).first.flatMap { row in
            row.guid("publisherid").map {
                .init(
                    id: $0, prefix: row.string("customizationprefix") ?? "",
                    optionPrefix: row.int("customizationoptionvalueprefix"))
            }
        }
    }

    private func solution(_ name: String) async throws -> EnvironmentState.Solution? {
        try await rows(
            "solutions", select: ["solutionid", "version", "_publisherid_value"], filter: .equal("uniquename", .string(name))
        ).first.flatMap { row in
            row.guid("solutionid").map {
                .init(id: $0, version: row.string("version") ?? "", publisherID: row.guid("_publisherid_value"))
            }
        }
    }

    /// Nil: the environment has no such table.
    private func table(_ name: String, wanting definition: SolutionDefinition) async throws -> EnvironmentState.Table? {
        let found = try await rows(
            "EntityDefinitions",
            select: [
                "MetadataId", "LogicalName", "EntitySetName", "ChangeTrackingEnabled", "CanChangeTrackingBeEnabled",
                "AutoRouteToOwnerQueue", "DataSourceId",
            ], filter: .equal("LogicalName", .string(name)))
        guard let row = found.first, let set = row.string("EntitySetName") else { return nil }
        var table = EnvironmentState.Table(setName: set)
        table.metadataID = row.guid("MetadataId")
        table.tracksChanges = row.bool("ChangeTrackingEnabled")
        // A managed property: the value lies inside.
        table.canTrackChanges =
            row["CanChangeTrackingBeEnabled"]?.row?.bool("Value") ?? row.bool("CanChangeTrackingBeEnabled")
        table.routesToOwnerQueue = row.bool("AutoRouteToOwnerQueue")
        table.dataSourceID = row.guid("DataSourceId")
        let kinds = Set(definition.parts.filter { $0.table == name }.map(\.kind))
        if !kinds.isDisjoint(with: ["column", "table", "lookup", "virtual_table"]) {
            var columns = ColumnReader(metadata: metadata)
            table.columns = try await columns.columns(of: name)
        }
        if definition.hasChoices(table: name) { try await readChoices(name, &table) }
        if kinds.contains("lookup") { try await readLookups(name, &table) }
        if kinds.contains("key") { table.keys = try await keys(name) }
        return table
    }

    private func readChoices(_ name: String, _ table: inout EnvironmentState.Table) async throws {
        var query = consistent(
            "EntityDefinitions(LogicalName='\(name)')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata",
            select: ["LogicalName"])
        query.expand = "OptionSet($select=Options)"
        for row in try await metadata.query(query) {
            guard let column = row.string("LogicalName"), let options = row["OptionSet"]?.row?["Options"]?.array else { continue }
            let pairs = options.compactMap { option -> (Int, String)? in
                guard let option = option.row, let value = option.int("Value") else { return nil }
                return (value, option["Label"]?.row?.shownLabel ?? "")
            }
            table.columns[column]?.options = Dictionary(pairs) { first, _ in first }
        }
    }

    private func readLookups(_ name: String, _ table: inout EnvironmentState.Table) async throws {
        let relationships = try await rows(
            "RelationshipDefinitions/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
            select: [
                "MetadataId", "SchemaName", "ReferencedEntity", "ReferencingAttribute", "ReferencingEntityNavigationPropertyName",
            ], filter: .equal("ReferencingEntity", .string(name)))
        for row in relationships {
            guard let column = row.string("ReferencingAttribute") else { continue }
            table.lookups[column] = .init(
                metadataID: row.guid("MetadataId"), relationship: row.string("SchemaName") ?? "",
                target: row.string("ReferencedEntity") ?? "",
                navigation: row.string("ReferencingEntityNavigationPropertyName") ?? column)
        }
    }

    func keys(_ table: String) async throws -> [String: EnvironmentState.Key] {
        let found = try await rows(
            "EntityDefinitions(LogicalName='\(table)')/Keys",
            select: ["MetadataId", "SchemaName", "KeyAttributes", "EntityKeyIndexStatus"])
        var keys: [String: EnvironmentState.Key] = [:]
        for row in found {
            guard let name = row.string("SchemaName") else { continue }
            keys[name.lowercased()] = .init(
                metadataID: row.guid("MetadataId"), columns: row["KeyAttributes"]?.array?.compactMap(\.string) ?? [],
                status: row.string("EntityKeyIndexStatus") ?? "")
        }
        return keys
    }

    private func readSources(_ state: inout EnvironmentState) async throws {
        let logicalName = "msdyn_odatav4ds"
        state.dataSourceSet = try await rows(
            "EntityDefinitions", select: ["EntitySetName"], filter: .equal("LogicalName", .string(logicalName))
        ).first?.string("EntitySetName")
        guard let set = state.dataSourceSet else { return }
        state.dataProvider = try await rows(
            "entitydataproviders", select: ["entitydataproviderid", "name"],
            filter: .equal("datasourcelogicalname", .string(logicalName))
        ).first?.guid("entitydataproviderid")
        for row in try await rows(
            set, select: ["msdyn_odatav4dsid", "msdyn_name", "msdyn_uri", "msdyn_parameter1value"])
        {
            guard let id = row.guid("msdyn_odatav4dsid"), let name = row.string("msdyn_name") else { continue }
            state.dataSources[name] = .init(
                id: id, address: row.string("msdyn_uri") ?? "", key: row.string("msdyn_parameter1value"))
        }
    }

    private func readWebhook(_ name: String, _ state: inout EnvironmentState) async throws {
        for row in try await rows(
            "serviceendpoints", select: ["serviceendpointid", "name", "url"], filter: .equal("name", .string(name)))
        {
            guard let id = row.guid("serviceendpointid"), let name = row.string("name") else { continue }
            state.endpoints[name] = .init(id: id, address: row.string("url") ?? "")
        }
        let steps = try await rows(
            "sdkmessageprocessingsteps",
            select: ["sdkmessageprocessingstepid", "name", "statecode", "filteringattributes", "_eventhandler_value"],
            filter: .startsWith("name", name + ": "))
        for row in steps {
            guard let id = row.guid("sdkmessageprocessingstepid"), let name = row.string("name") else { continue }
            state.steps[name] = .init(
                id: id, isEnabled: row.int("statecode") ?? 0 == 0, filter: row.string("filteringattributes") ?? "",
                endpointID: row.guid("_eventhandler_value"))
        }
    }

    private func settingRows(_ table: EnvironmentState.Table, column: String) async throws -> Set<String> {
        Set(try await rows(table.setName, select: [column]).compactMap { $0.string(column) })
    }

    private func rows(_ path: String, select: [String], filter: ODataFilter? = nil) async throws -> [ODataRow] {
        try await metadata.query(consistent(path, select: select, filter: filter))
    }

    private func consistent(_ path: String, select: [String], filter: ODataFilter? = nil) -> ODataQuery {
        var query = ODataQuery(path, select: select, filter: filter)
        query.isStronglyConsistent = true
        return query
    }
}

extension SolutionDefinition {
    func hasChoices(table: String) -> Bool {
        parts.contains { part in
            if case .column(let column) = part, column.table == table, case .choice = column.type { true } else { false }
        }
    }
}

extension ODataRow {
    /// The text of a label as its reader sees it.
    fileprivate var shownLabel: String? {
        self["UserLocalizedLabel"]?.row?.string("Label")
            ?? self["LocalizedLabels"]?.array?.first?.row?.string("Label")
    }
}
