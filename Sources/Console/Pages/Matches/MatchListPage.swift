import Foundation
import Operations

/// Ambiguous numbers by traffic, and decisions, the newest first.
enum MatchListPage {
    struct Model: Sendable {
        let choices: [Choices]
        let number: String
        let ambiguous: DataTable
        let ambiguousPager: Pager
        let decisions: DataTable
        let decisionsPager: Pager
    }

    private static let rowsPerPage = 50
    /// Where the page of the one list begins, and that of the other.
    private static let (afterNumber, afterDecision) = ("after", "decided")

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let query = request.query
        let store = NumberStore(database: request.database)
        let typed = query["number"] ?? ""
        // However it is written, and without the zero that stands before it at home.
        let digits = String(typed.filter { $0.isASCII && $0.isNumber }.drop { $0 == "0" })
        let wanted = digits.isEmpty ? nil : digits
        async let numbers = store.ambiguous(
            tenant: choice.tenant.id, digits: wanted, after: NumberKey(query[afterNumber]), limit: rowsPerPage + 1)
        async let decisions = store.decisions(
            tenant: choice.tenant.id, digits: wanted, after: NumberKey(query[afterDecision]), limit: rowsPerPage + 1)
        let (waiting, decided) = (try await numbers, try await decisions)
        let (lastWaiting, lastDecided) = (waiting.endOfPage(rowsPerPage)?.key, decided.endOfPage(rowsPerPage)?.key)
        return Page(
            "Numbers", in: .matches, template: "matches/list",
            model: Model(
                choices: choice.choices, number: typed, ambiguous: ambiguous(waiting.prefix(rowsPerPage), choice, request),
                ambiguousPager: pager("Numbers that wait", afterNumber, lastWaiting, "ambiguous-head", request),
                decisions: self.decisions(decided.prefix(rowsPerPage), choice, request),
                decisionsPager: pager("Decisions", afterDecision, lastDecided, "decisions-head", request)))
    }

    private static func pager(_ label: String, _ name: String, _ next: NumberKey?, _ anchor: String, _ request: ConsoleRequest)
        -> Pager
    {
        Pager(
            label, of: request.query.keeping(["tenant", "number", afterNumber, afterDecision]), at: "/matches", by: name,
            next: next?.text, anchor: anchor)
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
            },
            empty: request.query["number"] == nil
                ? "No number waits for a decision: every call with a known number was linked, or its number is nobody's."
                : "No such number waits for a decision.")
    }

    private static func decisions(
        _ decisions: ArraySlice<NumberStore.Decision>, _ choice: TenantChoice, _ request: ConsoleRequest
    )
        -> DataTable
    {
        DataTable(
            "Decisions, newest first", ["Number", "Belongs to", "By", "When", "Why"],
            decisions.map { decision in
                [
                    .head(decision.number, address(decision.number, choice)), .text(decision.whose), .text(decision.by),
                    .time(request.mark(decision.at)), .wide(decision.why),
                ]
            }, empty: request.query["number"] == nil ? "Nothing was decided yet." : "Nothing was decided about such a number.")
    }
}
