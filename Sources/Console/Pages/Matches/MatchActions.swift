import Foundation
import Model
import Operations

/// Whose a number is, decided and taken back.
enum MatchActions {
    static let decide = Action("/matches/decide", name: "match.decide", in: .matches, needs: .operator) { try await decide($0) }
    static let undo = Action("/matches/undo", name: "match.undo", in: .matches, needs: .operator) { try await undo($0) }

    private static let mostDays = 3650

    private static func decide(_ request: ConsoleRequest) async throws -> ActionPlan {
        let (choice, number) = try await subject(request)
        let (decision, whose) = try await decision(request, choice)
        let past = try past(request)
        let isNobody = decision == .nobody
        if isNobody, past != nil { throw ConsoleError.badRequest("Links of past calls are not taken away: leave the days out.") }
        let store = NumberStore(database: request.database)
        let days = past ?? 0
        let count = days > 0 ? try await store.unlinked(number, days: days, tenant: choice.tenant.id) : Count(0)
        let acting = request.acting
        let who = request.who.name
        var plan = ActionPlan(
            "\(number) belongs to \(whose)", button: days > 0 ? "Decide, and link \(count.of("call"))" : "Decide",
            explanation: [
                "From now on calls and callbacks of \(number) of tenant \(choice.tenant.name) are linked to \(whose), whatever the rules of MatchRules say.",
                isNobody ? nil : "So are open callbacks, unless somebody linked them in Dynamics.",
                days > 0
                    ? "Those of the last \(days) days that are linked to nobody follow: \(count.of("call")). Links that somebody changed in Dynamics are left alone."
                    : "Calls that were written before stay as they are.",
            ].compactMap(\.self), count: count, counted: "calls", back: MatchListPage.address(number, choice)
        ) { reason in
            try await MatchStore(database: acting).decide(
                number, decision, tenant: choice.tenant, who: who, note: reason, past: past)
            return ActionOutcome(
                "\(number) belongs to \(whose) from now on.\(days > 0 ? " The calls of the last \(days) days follow." : "")")
        }
        plan.allowsNone = true
        plan.keeps = [("shown", past.map(String.init) ?? "")]
        if request.query["shown"].flatMap({ Int($0) }) != past {
            plan.objection = "The days back are not those that you looked at."
        }
        if !isNobody {
            plan.fields = [
                ActionField(
                    "past", "Days back", value: past.map(String.init) ?? "",
                    hint: "Apply it to the calls of so many days back, too. Empty: from now on only.")
            ]
        }
        return plan
    }

    private static func undo(_ request: ConsoleRequest) async throws -> ActionPlan {
        let (choice, number) = try await subject(request)
        guard let decision = try await NumberStore(database: request.database).decision(number, tenant: choice.tenant.id) else {
            throw OperatorError.failed("Nothing was decided about \(number).")
        }
        let acting = request.acting
        let who = request.who.name
        return ActionPlan(
            "Take back: \(number) belongs to \(decision.whose)", button: "Take the decision back",
            explanation: [
                "\(decision.by) decided so \(PlainTime.seconds(decision.at))\(decision.why.map { ": \($0)" } ?? ".")",
                "From now on the rules of MatchRules choose again. Calls that were linked stay linked.",
            ], count: Count(1), counted: "decisions", back: MatchListPage.address(number, choice)
        ) { reason in
            guard try await MatchStore(database: acting).undo(number, tenant: choice.tenant, who: who, note: reason) else {
                throw OperatorError.failed("Somebody else took the decision about \(number) back.")
            }
            return ActionOutcome("The rules decide about \(number) again.")
        }
    }

    private static func subject(_ request: ConsoleRequest) async throws -> (TenantChoice, String) {
        guard request.query["tenant"] != nil, let number = request.query["number"] else {
            throw ConsoleError.badRequest("Say which number of which tenant.")
        }
        return (try await TenantChoice(request), try MatchStore.international(number))
    }

    /// `contact/…id…`, or `nobody`.
    private static func decision(_ request: ConsoleRequest, _ choice: TenantChoice) async throws -> (DirectoryDecision, String) {
        let wanted = request.query["to"] ?? ""
        if wanted == "nobody" { return (.nobody, "nobody") }
        let parts = wanted.split(separator: "/")
        guard parts.count == 2, let table = RowReference.Table(rawValue: String(parts[0])),
            let id = UUID(uuidString: String(parts[1]))
        else {
            throw ConsoleError.badRequest("Say whose it is.")
        }
        guard let name = try await NumberStore(database: request.database).entry(table.rawValue, id, tenant: choice.tenant.id)
        else {
            throw OperatorError.failed("The directory of \(choice.tenant.name) has no active \(table.rawValue) \(id.lowercase).")
        }
        return (.chosen(RowReference(table, id, name: name)), "\(table.rawValue) \(name ?? id.lowercase)")
    }

    private static func past(_ request: ConsoleRequest) throws -> Int? {
        guard let text = request.query["past"] else { return nil }
        guard let days = Int(text), (1...mostDays).contains(days) else {
            throw ConsoleError.badRequest("Say a whole number of days from 1 to \(mostDays), or none.")
        }
        return days
    }
}
