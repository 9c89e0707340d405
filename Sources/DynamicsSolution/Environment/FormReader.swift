import Dynamics
import Foundation

/// Reads forms and views of tables, as readers see them and as they would be after publishing.
struct FormReader: Sendable {
    let metadata: MetadataReader

    /// The main forms of a table, the default one first.
    ///
    /// - Throws: `DynamicsError`; `CancellationError`.
    func forms(of table: String) async throws -> [EnvironmentState.Form] {
        let filter = .equal("objecttypecode", .string(table)) && .equal("type", .int(FormNames.mainForm))
        let select = ["formid", "name", "formxml", "isdefault", "formactivationstate"]
        let drafts = try await drafts(FormNames.forms, "formid", ["formxml"], filter)
        return try await rows(FormNames.forms, select, filter).compactMap { row -> EnvironmentState.Form? in
            guard let id = row.guid("formid") else { return nil }
            return .init(
                id: id, name: row.string("name") ?? "", isDefault: row.bool("isdefault") ?? false,
                isActive: row.int("formactivationstate") ?? 1 == 1, xml: row.string("formxml") ?? "",
                draft: drafts[id]?.string("formxml"))
        }.sorted { ($0.isDefault ? 0 : 1, $0.name, $0.id.uuidString) < ($1.isDefault ? 0 : 1, $1.name, $1.id.uuidString) }
    }

    /// The table's default public view; nil where it has none.
    ///
    /// - Throws: `DynamicsError`; `CancellationError`.
    func view(of table: String) async throws -> EnvironmentState.View? {
        let filter = .equal("returnedtypecode", .string(table)) && .equal("querytype", .int(FormNames.publicView))
        let select = ["savedqueryid", "name", "layoutxml", "fetchxml", "isdefault"]
        let rows = try await rows(FormNames.views, select, filter)
        guard let row = rows.first(where: { $0.bool("isdefault") == true }) ?? rows.first, let id = row.guid("savedqueryid")
        else {
            return nil
        }
        let draft = try await drafts(FormNames.views, "savedqueryid", ["layoutxml", "fetchxml"], filter)[id]
        return .init(
            id: id, name: row.string("name") ?? "", layout: row.string("layoutxml") ?? "", fetch: row.string("fetchxml") ?? "",
            draftLayout: draft?.string("layoutxml"), draftFetch: draft?.string("fetchxml"))
    }

    /// Rows that were changed and not yet published.
    private func drafts(_ set: String, _ key: String, _ columns: [String], _ filter: ODataFilter) async throws -> [UUID: ODataRow]
    {
        let rows = try await rows("\(set)/\(FormNames.unpublishedRows)", [key, "componentstate"] + columns, filter)
            .filter { $0.int("componentstate") == FormNames.unpublished }
        return Dictionary(rows.compactMap { row in row.guid(key).map { ($0, row) } }) { first, _ in first }
    }

    private func rows(_ path: String, _ select: [String], _ filter: ODataFilter) async throws -> [ODataRow] {
        var query = ODataQuery(path, select: select, filter: filter)
        query.isStronglyConsistent = true
        return try await metadata.query(query)
    }
}

extension EnvironmentReader {
    /// A reader of metadata may not be one of forms: that is told, and stops nothing.
    func readForms(_ definition: SolutionDefinition, _ state: inout EnvironmentState) async throws {
        let reader = FormReader(metadata: metadata)
        do {
            for part in definition.parts {
                switch part {
                case .form(let form) where state.tables[form.table] != nil:
                    state.forms[form.table] = try await reader.forms(of: form.table)
                case .view(let view) where state.tables[view.table] != nil:
                    state.views[view.table] = try await reader.view(of: view.table)
                default: break
                }
            }
        } catch let error as DynamicsError where [.privilege, .refused, .notFound].contains(error.code) {
            state.formsRefused = error.operatorText
        }
    }
}
