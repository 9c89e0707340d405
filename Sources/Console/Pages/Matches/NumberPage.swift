import Foundation
import Model
import Operations

/// One number: its traffic, who carries it, what was decided.
enum NumberPage {
    struct Choice: Sendable {
        let text: String
        let href: String
    }

    struct Model: Sendable {
        let number: String
        let tenant: String
        let facts: [Fact]
        let carriers: DataTable
        let buttons: [Choice]
        let hasButtons: Bool
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        guard let typed = request.query["number"] else {
            throw ConsoleError.badRequest("Say which number, in international form.")
        }
        let number = try MatchStore.international(typed)
        let store = NumberStore(database: request.database)
        let carriers = try await store.carriers(number, tenant: choice.tenant.id)
        let decision = try await store.decision(number, tenant: choice.tenant.id)
        let traffic = try await store.ambiguous(number, tenant: choice.tenant.id)
        let buttons = request.may(.operator) ? buttons(number, carriers, decision, choice) : []
        return Page(
            number, in: .matches, template: "matches/number", trail: [Link("Numbers", choice.link("/matches"))],
            model: Model(
                number: number, tenant: choice.tenant.name, facts: facts(number, traffic, decision, choice),
                carriers: table(carriers, choice, request), buttons: buttons, hasButtons: !buttons.isEmpty))
    }

    private static func facts(
        _ number: String, _ traffic: NumberStore.Ambiguous?, _ decision: NumberStore.Decision?, _ choice: TenantChoice
    ) -> [Fact] {
        var facts = [Fact("Tenant", choice.tenant.name)]
        if let traffic {
            facts.append(
                Fact(
                    "Not linked",
                    "\(Count.grouped(traffic.calls)) calls from \(PlainTime.seconds(traffic.firstAt)) to \(PlainTime.seconds(traffic.lastAt))"
                ))
        }
        facts.append(
            Fact(
                "Decided",
                decision.map {
                    "It belongs to \($0.whose): by \($0.by), \(PlainTime.seconds($0.at))\($0.why.map { ", \($0)" } ?? "")"
                }
                    ?? "Nothing: the rules of MatchRules choose."))
        facts.append(Fact("Calls", "Its calls", choice.link("/calls", Query().setting("q", number))))
        return facts
    }

    private static func table(_ carriers: [NumberStore.Carrier], _ choice: TenantChoice, _ request: ConsoleRequest) -> DataTable {
        DataTable(
            "Who carries the number", ["Record", "Table", "Column", "As typed", "Owner", "Last call"],
            carriers.map { carrier in
                let href = DynamicsLink.record(carrier.table, carrier.id, of: choice.tenant)
                return [
                    .head(carrier.name ?? carrier.id.lowercase, href), .text(carrier.table), .text(carrier.field),
                    .text(carrier.raw),
                    .text(carrier.owner), .time(request.mark(carrier.lastInteraction)),
                ]
            }, empty: "No active contact, account or lead of the directory carries it.")
    }

    /// One for each record that carries it, one for nobody, one to take a decision back.
    private static func buttons(
        _ number: String, _ carriers: [NumberStore.Carrier], _ decision: NumberStore.Decision?, _ choice: TenantChoice
    ) -> [Choice] {
        let query = Query().setting("number", number).setting("tenant", choice.tenant.name)
        var seen: Set<UUID> = []
        let records = carriers.filter { seen.insert($0.id).inserted }.prefix(20)
        let choices = records.map { carrier in
            Choice(
                text: "It belongs to \(carrier.table) \(carrier.name ?? carrier.id.lowercase)",
                href: query.setting("to", "\(carrier.table)/\(carrier.id.lowercase)").link("/matches/decide"))
        }
        return choices + [Choice(text: "It belongs to nobody", href: query.setting("to", "nobody").link("/matches/decide"))]
            + (decision == nil ? [] : [Choice(text: "Take the decision back", href: query.link("/matches/undo"))])
    }
}
