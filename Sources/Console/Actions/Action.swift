import Operations

/// Something that operators do: shown before it is done, done with a reason, written down.
///
/// Asked for by GET (or by POST, for what does not fit into an address) it shows what it would do; sent again with the confirmation it
/// does that. Both ask ``plan`` with the same fields, so what is shown and what is done are the same thing.
struct Action: Sendable {
    /// `/jobs/retry`
    let path: String
    /// As it is written down: `jobs.retry`.
    let name: String
    let section: Section
    /// The least role that may do it, and that may see what it would do.
    let needs: OperatorRole
    /// Most bytes of the form.
    let largestForm: Int
    let plan: @Sendable (ConsoleRequest) async throws -> ActionPlan

    init(
        _ path: String, name: String, in section: Section, needs: OperatorRole, largestForm: Int = 64 * 1024,
        plan: @escaping @Sendable (ConsoleRequest) async throws -> ActionPlan
    ) {
        self.path = path
        self.name = name
        self.section = section
        self.needs = needs
        self.largestForm = largestForm
        self.plan = plan
    }
}

/// What an action would do with what it was asked for.
struct ActionPlan: Sendable {
    /// `Retry 12 dead jobs`
    var title: String
    /// What is on the button: `Retry 12 jobs`.
    var button: String
    /// What will happen, and what won't.
    var explanation: [String]
    /// How many it concerns. More than were shown are not acted on: then it is shown anew.
    var count: Count
    /// What the count counts, for the sentence above the sample: `jobs`.
    var counted: String
    /// The first of them.
    var sample: SampleTable?
    /// Further input, shown with its present value.
    var fields: [ActionField] = []
    /// What the form repeats beside the fields it was asked with: what was so when it was first shown.
    var keeps: [(name: String, value: String)] = []
    /// Why it must be looked at again before it is done: it would be another thing than was shown. Asked for once it is confirmed; nil:
    /// nothing differs.
    var objection: String?
    /// It makes sense even when it concerns nothing at the moment.
    var allowsNone = false
    /// Whether it must be told why.
    var needsReason = true
    /// It ends or takes away something: the button warns.
    var isHarmful = false
    /// Where the operator came from.
    var back: String
    /// What stands under the sample: a part of the page's own, such as a rehearsal.
    var extra: Markup?
    /// Does it, and says in a sentence what was done. Writes its line of `hub.operator_action` in the transaction that acts.
    var perform: @Sendable (_ reason: String) async throws -> ActionOutcome

    init(
        _ title: String, button: String, explanation: [String], count: Count, counted: String, sample: SampleTable? = nil,
        back: String,
        perform: @escaping @Sendable (_ reason: String) async throws -> ActionOutcome
    ) {
        self.title = title
        self.button = button
        self.explanation = explanation
        self.count = count
        self.counted = counted
        self.sample = sample
        self.back = back
        self.perform = perform
    }
}

/// What came of it.
struct ActionOutcome: Sendable {
    /// `12 jobs begin again.`
    var sentence: String
    /// Where to go now; nil: back.
    var goTo: String?

    init(_ sentence: String, goTo: String? = nil) {
        self.sentence = sentence
        self.goTo = goTo
    }
}

/// The first of what an action concerns.
struct SampleTable: Sendable {
    var columns: [String]
    var rows: [[String]]
}

/// An input of an action beside the reason.
struct ActionField: Sendable {
    var name: String
    var label: String
    var value: String
    var hint: String?
    /// Nil: free text.
    var choices: [String]?
    /// What is typed is not shown, nor is it repeated.
    var isSecret: Bool

    init(
        _ name: String, _ label: String, value: String, hint: String? = nil, choices: [String]? = nil, isSecret: Bool = false
    ) {
        self.name = name
        self.label = label
        self.value = value
        self.hint = hint
        self.choices = choices
        self.isSecret = isSecret
    }
}
