import Foundation
import Operations
import Routing

/// Rules in force with their history, and the newest decisions.
enum RoutingPage {
    struct Decision: Sendable {
        let at: TimeMark
        let sentence: String
        let trace: [String]
    }

    struct Model: Sendable {
        let tenant: String
        let choices: [Choices]
        let hasChoices: Bool
        let facts: [Fact]
        let document: String?
        /// The form to try a number starts empty.
        let caller = ""
        let called = ""
        let targetID = ""
        let mayApply: Bool
        let formToken: String
        let version: String
        let history: DataTable
        let decisions: [Decision]
        let hasDecisions: Bool
        let next: String?
        let first: String?
    }

    private static let (mostVersions, rowsPerPage) = (Int32(50), 50)

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let history = try await RuleDesk(database: request.database, who: request.who.name).history(
            of: choice.tenant, limit: mostVersions)
        let key = DecisionKey(request.query["after"])
        let decisions = try await DecisionListStore(database: request.database).newest(
            tenant: choice.tenant.id, after: key, limit: rowsPerPage + 1)
        let shown = decisions.prefix(rowsPerPage)
        return Page(
            "Routing of \(choice.tenant.name)", in: .routing, template: "routing/page",
            model: Model(
                tenant: choice.tenant.name, choices: choice.choices, hasChoices: !choice.choices.isEmpty,
                facts: facts(history.first, choice),
                document: history.first?.document, mayApply: request.may(.administrator), formToken: request.who.formToken,
                version: "\(history.first?.version ?? 0)", history: table(history, choice, request),
                decisions: shown.map { decision($0, request) }, hasDecisions: !shown.isEmpty,
                next: decisions.count > rowsPerPage
                    ? shown.last.map { choice.link("/routing", Query().setting("after", $0.key.text)) + "#decisions" } : nil,
                first: key == nil ? nil : choice.link("/routing") + "#decisions"))
    }

    private static func facts(_ newest: RuleSetStore.Version?, _ choice: TenantChoice) -> [Fact] {
        guard let newest else {
            return [
                Fact(
                    "In force", "Nothing: no rules were ever applied for \(choice.tenant.name), so every call stays where it is.")
            ]
        }
        return [
            Fact("In force", "version \(newest.version)", choice.link("/routing/rules/\(newest.version)")),
            Fact("Rules", "\(newest.rules)"),
            Fact("Applied", "\(PlainTime.seconds(newest.appliedAt)) by \(newest.appliedBy)"), Fact("Why", newest.note ?? "–"),
        ]
    }

    private static func table(_ versions: [RuleSetStore.Version], _ choice: TenantChoice, _ request: ConsoleRequest) -> DataTable
    {
        DataTable(
            "Versions of the rules, newest first", ["Version", "Applied", "By", "#Rules", "Same as", "Why"],
            versions.map { version in
                [
                    .head("\(version.version)", choice.link("/routing/rules/\(version.version)")),
                    .time(request.mark(version.appliedAt)),
                    .text(version.appliedBy), .number(version.rules), .text(version.backTo.map { "version \($0)" }),
                    .wide(version.note),
                ]
            }, empty: "No rules were ever applied.")
    }

    private static func decision(_ row: DecisionListStore.Row, _ request: ConsoleRequest) -> Decision {
        let answer =
            switch row.outcome {
            case "route": "sent to \(row.target ?? "?")"
            case "disconnect": "ended"
            default: "left where it was"
            }
        let why = row.rule.map { "by rule \($0)" } ?? row.reason.replacing("_", with: " ")
        let version = row.ruleVersion.map { ", version \($0)" } ?? ""
        return Decision(
            at: request.mark(row.at),
            sentence: "\(row.caller) to \(row.called): \(answer), \(why)\(version), in \(row.tookMicroseconds) µs",
            trace: row.trace)
    }
}
