import Foundation
import Model
import Operations

/// What a rehearsal found, as the template `settings/rehearsal` prints it.
struct RehearsalView: Sendable {
    let scope: String
    let written: String
    let skipped: String
    let reowned: String
    let relinked: String
    let table: DataTable

    private static let mostShown = 20

    init(_ rehearsal: SettingRehearsal, days: Int, _ choice: TenantChoice) {
        scope = Self.scope(rehearsal, days)
        written = Count.grouped(rehearsal.count { if case .written = $0 { true } else { false } })
        skipped = Count.grouped(rehearsal.count { if case .skipped = $0 { true } else { false } })
        reowned = Count.grouped(rehearsal.count { if case .reowned = $0 { true } else { false } })
        relinked = Count.grouped(rehearsal.count { if case .relinked = $0 { true } else { false } })
        table = DataTable(
            rehearsal.found.count > Self.mostShown
                ? "The newest \(Self.mostShown) of \(Count.grouped(rehearsal.found.count)) calls that would have been treated otherwise"
                : "Calls that would have been treated otherwise",
            ["Started", "What would be otherwise"],
            rehearsal.found.prefix(Self.mostShown).map { found in
                [
                    .head(found.startedAt.map(PlainTime.seconds) ?? "no time", choice.link("/calls/\(found.call.lowercase)")),
                    .wide(found.differences.map(Self.words).joined(separator: " ")),
                ]
            }, empty: "No call would have been treated otherwise.")
    }

    private static func scope(_ rehearsal: SettingRehearsal, _ days: Int) -> String {
        let past = days == 1 ? "the last day" : "the last \(days) days"
        guard rehearsal.judged > 0 else { return "There were no calls over \(past) to rehearse with." }
        let calls = "\(Count.grouped(rehearsal.judged)) \(rehearsal.judged == 1 ? "call" : "calls")"
        guard rehearsal.isCut else { return "Judged anew: all \(calls) of \(past), with today's people and directory." }
        let since = rehearsal.since.map { " (since \(PlainTime.seconds($0)))" } ?? ""
        return
            "Judged anew: the newest \(calls) of \(past)\(since), with today's people and directory. There are more, which were not looked at."
    }

    private static func words(_ difference: SettingDifference) -> String {
        switch difference {
        case .written(let owner, let reason): "It would be written for \(name(owner)); it is skipped now (\(reason.rawValue))."
        case .skipped(let reason): "It would be skipped: \(reason.sentence)"
        case .reowned(let owner, let old): "It would be given to \(name(owner)), not to \(name(old))."
        case .relinked(let row, let old): "It would be linked to \(name(row)), not to \(name(old))."
        }
    }

    private static func name(_ owner: Owner) -> String { owner.name ?? owner.systemUserID?.lowercase ?? "the application user" }
    private static func name(_ row: RowReference?) -> String {
        row.map { "\($0.table.rawValue) \($0.name ?? $0.id.lowercase)" } ?? "nobody"
    }
}
