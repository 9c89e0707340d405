import Foundation
import Operations
import Routing

/// Rules in force with their history, and decisions.
enum RoutingPage {
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
        let historyPager: Pager
        let newest: RouteDecisions
        /// Nil on later pages, which stay as they are.
        let liveName: String?
    }

    private static let versionsPerPage = 50

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let newestRules = try await RuleDesk(database: request.database, who: request.who.name).history(
            of: choice.tenant, limit: 1
        ).first
        let before = request.query.integer("before", as: Int32.self)
        let history = try await RuleListStore(database: request.database).versions(
            tenant: choice.tenant.id, before: before, limit: versionsPerPage + 1)
        let key = DecisionKey(request.query["after"])
        let newest = try await RouteDecisions.read(request.database, of: choice.tenant, after: key, now: request.now)
        return Page(
            "Routing of \(choice.tenant.name)", in: .routing, template: "routing/page",
            model: Model(
                tenant: choice.tenant.name, choices: choice.choices, hasChoices: !choice.choices.isEmpty,
                facts: facts(newestRules, choice),
                document: newestRules?.document, mayApply: request.may(.administrator), formToken: request.who.formToken,
                version: "\(newestRules?.version ?? 0)", history: table(history.prefix(versionsPerPage), choice, request),
                historyPager: pager(history, before, choice), newest: newest,
                liveName: key == nil ? choice.link("routing.decisions") : nil))
    }

    private static func pager(_ history: [RuleListStore.Row], _ before: Int32?, _ choice: TenantChoice) -> Pager {
        let list = Query().setting("tenant", choice.tenant.name).setting("before", before.map { "\($0)" })
        return Pager(
            "Versions", of: list, at: "/routing", by: "before",
            next: history.endOfPage(versionsPerPage).map { "\($0.version)" }, anchor: "history-head")
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

    private static func table(_ versions: ArraySlice<RuleListStore.Row>, _ choice: TenantChoice, _ request: ConsoleRequest)
        -> DataTable
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
            }, empty: "There are no versions.")
    }
}
