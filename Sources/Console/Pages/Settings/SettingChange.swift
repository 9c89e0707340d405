import Foundation
import Model
import Operations

/// Changes a setting, after a rehearsal with the calls of the last days.
enum SettingChange {
    static let action = Action("/settings/change", name: "setting.change", in: .settings, needs: .administrator) {
        try await plan($0)
    }

    /// How far back a rehearsal can look, in days.
    static let spans = [("1", "the last day"), ("7", "the last 7 days"), ("30", "the last 30 days")]

    private static func plan(_ request: ConsoleRequest) async throws -> ActionPlan {
        guard request.query["tenant"] != nil, let name = request.query["setting"] else {
            throw ConsoleError.badRequest("Say which setting of which tenant.")
        }
        let definition = try SettingDefinition.named(name)
        let choice = try await TenantChoice(request)
        let new = try newValue(definition, request.query)
        let lines = SettingLine.all(try await SettingStore(database: request.database).stored(tenant: choice.tenant.id))
        guard let line = lines.first(where: { $0.definition.name == definition.name }) else { throw ConsoleError.notFound }
        guard line.stored?.value != new, new != nil || line.stored != nil else {
            throw OperatorError.failed("\(definition.name) of \(choice.tenant.name) is so already.")
        }
        let days = request.query.choice("days", of: spans.map(\.0)).flatMap { Int($0) } ?? 7
        let rehearsal = try await SettingRehearsal.run(
            changing: definition.name, to: new, tenant: choice.tenant, days: days, on: request.database)
        return plan(line, new, choice, rehearsal, days, request)
    }

    private static func plan(
        _ line: SettingLine, _ new: String?, _ choice: TenantChoice, _ rehearsal: SettingRehearsal, _ days: Int,
        _ request: ConsoleRequest
    ) -> ActionPlan {
        let name = line.definition.name
        let would = SettingListPage.shown(new ?? line.standard)
        let acting = request.acting
        let who = request.who.name
        let view = RehearsalView(rehearsal, days: days, choice)
        var plan = ActionPlan(
            "Change \(name) of \(choice.tenant.name)", button: "Change it",
            explanation: [
                "\(name): from \(SettingListPage.shown(line.value)) to \(would)\(new == nil ? ", the default" : "").",
                line.definition.meaning, "Programs take it over within seconds. Calls that were decided before stay as they are.",
            ], count: Count(rehearsal.found.count), counted: "calls", back: choice.link("/settings/\(name)")
        ) { reason in
            let version = try await SettingStore(database: acting).change(
                tenant: choice.tenant, name: name, from: line.value, to: new, who: who, note: reason)
            return ActionOutcome("\(name) of \(choice.tenant.name) is \(would) from now on (version \(version)).")
        }
        plan.allowsNone = true
        plan.keeps = [("from", line.value)]
        if !isSame(request.query.raw("from"), line.value) {
            plan.objection = "\(name) is \(SettingListPage.shown(line.value)) by now, which is not what it was when you looked."
        }
        plan.extra = Markup(safe: request.services.templates.render("settings/rehearsal", view))
        return plan
    }

    /// Forms may end lines otherwise.
    private static func isSame(_ shown: String?, _ value: String) -> Bool {
        shown?.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            == value.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// As it would be stored; nil: the default.
    private static func newValue(_ definition: SettingDefinition, _ query: Query) throws -> String? {
        if query["default"] == "yes" { return nil }
        guard let typed = query.raw("value") else { throw ConsoleError.badRequest("Say the new value.") }
        // Forms send lines ended by CR and LF.
        return try definition.storedText(typed.replacing("\r\n", with: "\n"))
    }
}
