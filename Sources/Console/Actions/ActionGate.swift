import HTTPTypes
import Logging

/// Shows actions and, once they are confirmed, does them.
struct ActionGate: Sendable {
    let action: Action
    let limiter: RateLimiter<Int32>

    /// What it would do.
    func show(_ request: ConsoleRequest) async throws -> Page {
        page(try await action.plan(request), request)
    }

    /// Does it when the form confirms it; else shows it.
    func answer(_ request: ConsoleRequest) async throws -> Answer {
        guard request.query["confirmed"] == "yes" else { return .page(try await show(request)) }
        guard limiter.admits(request.who.operatorID) else { throw ConsoleError.tooMany }
        let plan = try await action.plan(request)
        if let problem = problem(plan, request) { return .page(page(plan, request, problem)) }
        let outcome = try await plan.perform(request.query["reason"] ?? "")
        ConsoleMetrics.acted(action.name)
        request.logger.info("Done by hand", metadata: ["action": "\(action.name)", "operator": "\(request.who.operatorID)"])
        return .goTo(outcome.goTo ?? plan.back, notice: outcome.sentence)
    }

    private func problem(_ plan: ActionPlan, _ request: ConsoleRequest) -> String? {
        if let objection = plan.objection { return "\(objection) Nothing was done yet: look again." }
        if plan.count.isZero, !plan.allowsNone { return "Nothing fits any more, so nothing was done." }
        // Fewer than were shown is well: others may have dealt with them. More was not agreed to.
        if !plan.allowsNone, let shown = request.query["count"], plan.count.description != shown,
            plan.count.number >= Self.number(shown)
        {
            return "There were \(shown) when you looked, now there are \(plan.count). Nothing was done yet: look again."
        }
        if plan.needsReason, (request.query["reason"] ?? "").count < 3 {
            return "Say why: it is kept with what was done."
        }
        return (request.query["reason"] ?? "").count > 500 ? "Say it in 500 characters." : nil
    }

    private static func number(_ count: String) -> Int { Int(count.filter(\.isNumber)) ?? 0 }

    private func page(_ plan: ActionPlan, _ request: ConsoleRequest, _ problem: String? = nil) -> Page {
        Page(
            plan.title, in: action.section, template: "action", trail: [Link(action.section.title, action.section.path)],
            status: problem == nil ? .ok : .unprocessableContent,
            model: ActionPage(action, plan, request, problem: problem))
    }
}
