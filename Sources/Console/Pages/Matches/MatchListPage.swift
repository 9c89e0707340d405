import Foundation
import Operations

/// Ambiguous numbers by traffic, and the newest decisions.
enum MatchListPage {
    struct Model: Sendable {
        let choices: [Choices]
        let hasChoices: Bool
        let hint: String
        let ambiguous: DataTable
        let decisions: DataTable
    }

    private static let (mostNumbers, mostDecisions) = (200, 50)

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let store = NumberStore(database: request.database)
        let numbers = try await store.ambiguous(tenant: choice.tenant.id, limit: mostNumbers + 1)
        let decisions = try await store.decisions(tenant: choice.tenant.id, limit: mostDecisions)
        return Page(
            "Numbers", in: .matches, template: "matches/list",
            model: Model(
                choices: choice.choices, hasChoices: !choice.choices.isEmpty,
                hint: numbers.count > mostNumbers
                    ? "The \(mostNumbers) with the most calls; there are more." : "All of them, those with the most calls first.",
                ambiguous: ambiguous(numbers.prefix(mostNumbers), choice, request),
                decisions: self.decisions(decisions, choice, request)))
    }

    static func address(_ number: String, _ choice: TenantChoice) -> String {
        choice.link("/matches/number", Query().setting("number", number))
    }

    private static func ambiguous(_ numbers: ArraySlice<NumberStore.Ambiguous>, _ choice: TenantChoice, _ request: ConsoleRequest)
        -> DataTable
    {
        DataTable(
            "Numbers whose calls are linked to nobody, because several carry them",
            ["Number", "#Calls", "#Carriers", "First call", "Latest call"],
            numbers.map { number in
                [
                    .head(number.number, address(number.number, choice)), .number(number.calls), .number(number.candidates),
                    .time(request.mark(number.firstAt)), .time(request.mark(number.lastAt)),
                ]
            }, empty: "No number waits for a decision: every call with a known number was linked, or its number is nobody's.")
    }

    private static func decisions(_ decisions: [NumberStore.Decision], _ choice: TenantChoice, _ request: ConsoleRequest)
        -> DataTable
    {
        DataTable(
            "Newest decisions", ["Number", "Belongs to", "By", "When", "Why"],
            decisions.map { decision in
                [
                    .head(decision.number, address(decision.number, choice)), .text(decision.whose), .text(decision.by),
                    .time(request.mark(decision.at)), .wide(decision.why),
                ]
            }, empty: "Nothing was decided yet.")
    }
}
