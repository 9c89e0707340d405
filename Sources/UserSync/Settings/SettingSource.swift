import Dynamics
import FoundationEssentials
import Model

/// Reads Dynamics' tables of settings and callback profiles, both with one request.
struct SettingSource: Sendable {
    struct Answer: Sendable {
        /// Nil: there is no such table.
        var settings: [DynamicsSettings.Row]?
        var profiles: [DynamicsProfiles.Row]?
    }

    let dynamics: DynamicsClient
    let names: Settings.Solution

    /// - Parameters:
    ///   - settings: entity set of the table of settings; nil: not read.
    ///   - profiles: entity set of the table of profiles; nil: not read.
    /// - Throws: `DynamicsError`; `CancellationError`.
    func read(settings: String?, profiles: String?) async throws -> Answer {
        // Tables as small as these are read whole; who changed a row comes as an annotation.
        let sets = [settings, profiles].compactMap(\.self)
        let results = try await dynamics.batch(sets.map { .get(query($0)) }, lane: .callback)
        var rows: [String: [ODataRow]] = [:]
        for (set, result) in zip(sets, results) {
            guard result.outcome == .success, let page = ODataPage(json: result.body) else { throw DynamicsError(result.outcome) }
            rows[set] = page.rows + (try await others(after: page, of: set))
        }
        return Answer(
            settings: settings.flatMap { rows[$0] }?.compactMap(setting),
            profiles: profiles.flatMap { rows[$0] }?.compactMap { DynamicsProfiles.Row($0, names: names) })
    }

    private func query(_ set: String) -> ODataQuery {
        var query = ODataQuery(set)
        query.annotations = ["OData.Community.Display.V1.FormattedValue"]
        return query
    }

    /// What is not on the first page is there all the same.
    private func others(after first: ODataPage, of set: String) async throws -> [ODataRow] {
        var rows: [ODataRow] = []
        var next = first.nextLink
        while let link = next {
            let page = try await dynamics.page(query(set), following: link, lane: .callback)
            rows += page.rows
            next = page.nextLink == link ? nil : page.nextLink
        }
        return rows
    }

    private func setting(_ row: ODataRow) -> DynamicsSettings.Row? {
        guard let name = row.string(names.settingName), row.int("statecode") ?? 0 == 0 else { return nil }
        return DynamicsSettings.Row(name: name, value: row.string(names.settingValue) ?? "", changedBy: row.changedBy)
    }
}

extension ODataRow {
    /// Name of the user who last changed the row.
    var changedBy: String? { string("_modifiedby_value@OData.Community.Display.V1.FormattedValue") }
}
