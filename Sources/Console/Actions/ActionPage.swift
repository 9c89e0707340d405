import Operations

/// What the template `action` shows of a plan.
struct ActionPage: Sendable {
    struct Hidden: Sendable {
        let name: String
        let value: String
    }

    struct Row: Sendable {
        let cells: [String]
    }

    struct Field: Sendable {
        struct Choice: Sendable {
            let value: String
            let isChosen: Bool
        }

        let name: String
        let label: String
        let value: String
        let hint: String?
        let choices: [Choice]
        let hasChoices: Bool
        let isSecret: Bool
    }

    let path: String
    let plan: ActionPlan
    let countText: String
    let isNone: Bool
    let columns: [String]
    let rows: [Row]
    let hasSample: Bool
    let sampleCaption: String
    let hidden: [Hidden]
    let inputs: [Field]
    let formToken: String
    /// Said before, and shown again after a mistake.
    let reason: String
    let problem: String?
    let svg: Markup?

    /// Fields that the frame of actions owns.
    static let own = ["token", "confirmed", "count", "reason"]

    init(_ action: Action, _ plan: ActionPlan, _ request: ConsoleRequest, problem: String? = nil) {
        path = action.path
        self.plan = plan
        countText = plan.count.description
        isNone = plan.count.isZero && !plan.allowsNone
        columns = plan.sample?.columns ?? []
        rows = plan.sample?.rows.map(Row.init) ?? []
        hasSample = plan.sample?.rows.isEmpty == false
        sampleCaption =
            plan.count.number > rows.count || plan.count.isMore
            ? "The first \(rows.count) of \(plan.count) \(plan.counted)" : "All \(plan.count) \(plan.counted)"
        let shown = plan.fields.map(\.name) + plan.keeps.map(\.name)
        hidden =
            request.query.pairs.filter { !Self.own.contains($0.name) && !shown.contains($0.name) }
            .map { Hidden(name: $0.name, value: $0.value) }
            + (plan.keeps + [("count", plan.count.description)]).map { Hidden(name: $0.name, value: $0.value) }
        inputs = plan.fields.map { field in
            Field(
                name: field.name, label: field.label, value: field.isSecret ? "" : field.value, hint: field.hint,
                choices: field.choices?.map { Field.Choice(value: $0, isChosen: $0 == field.value) } ?? [],
                hasChoices: field.choices != nil, isSecret: field.isSecret)
        }
        formToken = request.who.formToken
        reason = request.query["reason"] ?? ""
        self.problem = problem
        svg = plan.extra
    }
}
