import Dynamics
import FoundationEssentials
import Model

/// Reads Dynamics' tables of settings and callback profiles, both with one request.
struct SettingSource: Sendable {
    struct Answer: Sendable {
        /// Nil: there is no such table.
        var settings: [DynamicsSettings.Row]?
        var profiles: [ProfileRow]?
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
        let results = try await dynamics.batch(
            sets.map { set in
                var query = ODataQuery(set)
                query.annotations = ["OData.Community.Display.V1.FormattedValue"]
                return .get(query)
            }, lane: .callback)
        var pages: [String: [ODataRow]] = [:]
        for (set, result) in zip(sets, results) {
            guard result.outcome == .success, let page = ODataPage(json: result.body) else { throw DynamicsError(result) }
            pages[set] = page.rows
        }
        return Answer(
            settings: settings.flatMap { pages[$0] }?.compactMap(setting),
            profiles: profiles.flatMap { pages[$0] }?.compactMap { ProfileRow($0, names: names) })
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

extension DynamicsError {
    /// A read of a batch that is no success.
    init(_ result: OperationResult) {
        switch result.outcome {
        case .throttled(let after, let fault): self.init(.throttled, fault.operatorText, fault: fault, retryAfter: after)
        case .privilege(let fault): self.init(.privilege, fault.operatorText, fault: fault)
        case .configuration(let fault): self.init(.configuration, fault.operatorText, fault: fault)
        default: self.init(.transient, "The environment failed (\(result.outcome.name)).", fault: result.outcome.fault)
        }
    }
}
