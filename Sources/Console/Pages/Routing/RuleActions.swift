import Operations
import Routing

/// Puts rules into force: a pasted document, or an earlier version.
enum RuleActions {
    static let apply = Action(
        "/routing/apply", name: "rules.apply", in: .routing, needs: .administrator, largestForm: 1024 * 1024
    ) { try await apply($0) }
    static let rollBack = Action("/routing/rollback", name: "rules.rollback", in: .routing, needs: .administrator) {
        try await rollBack($0)
    }

    private static func apply(_ request: ConsoleRequest) async throws -> ActionPlan {
        let choice = try await TenantChoice(request)
        guard let typed = request.query.raw("document"), !typed.allSatisfy(\.isWhitespace) else {
            throw ConsoleError.badRequest("Paste a document.")
        }
        let document = typed.replacing("\r\n", with: "\n")
        let rules: Int
        do {
            rules = try RuleProgram.compile(document, file: "the document").ruleCount
        } catch {
            throw OperatorError.usage("The document is refused.\n\(error)")
        }
        let desk = RuleDesk(database: request.database, who: request.who.name)
        let newest = try await desk.history(of: choice.tenant, limit: 1).first
        let after = request.query.integer("after", as: Int32.self) ?? newest?.version ?? 0
        let difference = RuleVersionPage.lines(newest?.document ?? "", document)
        guard !difference.isEmpty else { throw OperatorError.failed("The document is the same as the rules in force.") }
        let acting = RuleDesk(database: request.acting, who: request.who.name)
        return plan("Put new rules into force for \(choice.tenant.name)", rules, after, difference, choice, request) { reason in
            let made = try await acting.apply(document, rules: rules, to: choice.tenant, after: after, note: reason)
            return ActionOutcome(
                "Version \(made) of \(choice.tenant.name)'s rules is in force (\(rules) rules).",
                goTo: choice.link("/routing/rules/\(made)"))
        }
    }

    private static func rollBack(_ request: ConsoleRequest) async throws -> ActionPlan {
        let choice = try await TenantChoice(request)
        guard let wanted = request.query.integer("version", as: Int32.self) else {
            throw ConsoleError.badRequest("Say which version.")
        }
        let desk = RuleDesk(database: request.database, who: request.who.name)
        let (old, newest) = (try await desk.version(wanted, of: choice.tenant), try await desk.version(of: choice.tenant))
        let difference = RuleVersionPage.lines(newest.document, old.document)
        let acting = RuleDesk(database: request.acting, who: request.who.name)
        var plan = plan(
            "Put version \(wanted) into force again for \(choice.tenant.name)", Int(old.rules), newest.version, difference,
            choice, request
        ) { reason in
            let (made, like) = try await acting.rollBack(
                to: wanted, of: choice.tenant, after: newest.version, note: reason)
            return ActionOutcome(
                "Version \(made) is in force: the same as version \(like).", goTo: choice.link("/routing/rules/\(made)"))
        }
        if request.query.integer("after", as: Int32.self) != newest.version {
            plan.objection = "Version \(newest.version) is in force by now."
        }
        return plan
    }

    private static func plan(
        _ title: String, _ rules: Int, _ after: Int32, _ difference: [RuleVersionPage.Line], _ choice: TenantChoice,
        _ request: ConsoleRequest,
        perform: @escaping @Sendable (_ reason: String) async throws -> ActionOutcome
    ) -> ActionPlan {
        struct View: Sendable {
            let lines: [RuleVersionPage.Line]
            let hasLines: Bool
        }
        var plan = ActionPlan(
            title, button: "Put into force",
            explanation: [
                "\(rules) rules, after version \(after). Every router takes them over within two seconds.",
                "Below is what changes against the rules in force.",
            ], count: Count(rules), counted: "rules", back: choice.link("/routing"), perform: perform)
        plan.keeps = [("after", "\(after)")]
        plan.allowsNone = true
        plan.extra = Markup(
            safe: request.services.templates.render("routing/difference", View(lines: difference, hasLines: !difference.isEmpty)))
        return plan
    }
}
