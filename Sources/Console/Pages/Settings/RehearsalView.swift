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
        written = Self.figure(rehearsal) { if case .written = $0 { true } else { false } }
        skipped = Self.figure(rehearsal) { if case .skipped = $0 { true } else { false } }
        reowned = Self.figure(rehearsal) { if case .reowned = $0 { true } else { false } }
        relinked = Self.figure(rehearsal) { if case .relinked = $0 { true } else { false } }
        table = DataTable(
            (rehearsal.found.count > Self.mostShown
                ? "The newest \(Self.mostShown) of \(Count.grouped(rehearsal.found.count)) calls that would have been treated otherwise"
                : "Calls that would have been treated otherwise") + (rehearsal.outOf == nil ? "" : ", of the sample"),
            ["Started", "What would be otherwise"],
            rehearsal.found.prefix(Self.mostShown).map { found in
                [
                    .head(found.startedAt.map(PlainTime.seconds) ?? "no time", choice.link("/calls/\(found.call.lowercase)")),
                    .wide(found.differences.map(Self.words).joined(separator: " ")),
                ]
            }, empty: "None of these calls would have been treated otherwise.")
    }

    private static func scope(_ rehearsal: SettingRehearsal, _ days: Int) -> String {
        let past = days == 1 ? "the last day" : "the last \(days) days"
        guard rehearsal.judged > 0 else { return "There were no calls over \(past) to rehearse with." }
        let calls = "\(Count.grouped(rehearsal.judged)) \(rehearsal.judged == 1 ? "call" : "calls")"
        guard let all = rehearsal.outOf else { return "Judged anew: all \(calls) of \(past), with today's people and directory." }
        return """
            Judged anew: a sample of \(calls) out of \(Count.grouped(all)), taken evenly from every hour of \(past), with today's people and directory. \
            Each stands for about \(Count.grouped(rehearsal.estimate(1))); the figures are reckoned from them.
            """
    }

    /// Of a sample: about how many of all calls, and how many were seen.
    private static func figure(_ rehearsal: SettingRehearsal, where fits: (SettingDifference) -> Bool) -> String {
        let count = rehearsal.count(where: fits)
        guard rehearsal.outOf != nil else { return Count.grouped(count) }
        return count == 0
            ? "none in the sample"
            : "about \(Count.grouped(rounded(rehearsal.estimate(count)))) (\(Count.grouped(count)) in the sample)"
    }

    /// To two digits: more would say more than a sample knows.
    static func rounded(_ number: Int) -> Int {
        var step = 1
        while number / step >= 100 { step *= 10 }
        return (number + step / 2) / step * step
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
