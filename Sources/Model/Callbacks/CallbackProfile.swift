package import FoundationEssentials

/// How the requests of one callback list come to stand in a queue of Dynamics, as somebody has set it.
package struct CallbackProfile: Sendable, Hashable {
    package var id: UUID
    package var name: String
    package var listID: UUID?
    package var listName: String?
    package var queueID: UUID?
    package var ownership: OwnershipRule
    /// Nil: the global one.
    package var subject: String?
    package var duplicates: DuplicateHandlingRule
    package var method: SynchronizationMethod
    package var ageUnit: AgeTimeUnit?
    package var age: Int?
    package var isEnabled: Bool
    package var version: Int32
    /// Of two that claim one list the older holds it.
    package var madeAt: Date
    /// Columns whose text means nothing, with what would be right.
    package var unreadable: [String] = []
    /// What its reader could not make sense of, in its words.
    package var readersProblem: String?

    package init(
        id: UUID, name: String, listID: UUID?, listName: String? = nil, queueID: UUID?, ownership: OwnershipRule = .apiUser,
        subject: String? = nil, duplicates: DuplicateHandlingRule = .bundle, method: SynchronizationMethod = .polling,
        ageUnit: AgeTimeUnit? = .days, age: Int? = 2, isEnabled: Bool = true, version: Int32 = 1, madeAt: Date = Date()
    ) {
        self.id = id
        self.name = name
        self.listID = listID
        self.listName = listName
        self.queueID = queueID
        self.ownership = ownership
        self.subject = subject
        self.duplicates = duplicates
        self.method = method
        self.ageUnit = ageUnit
        self.age = age
        self.isEnabled = isEnabled
        self.version = version
        self.madeAt = madeAt
    }

    /// How far back each poll asks, in seconds; nil where it does not poll, or where that is not said.
    package var lookBack: Int? {
        guard method.polls, let age, let ageUnit else { return nil }
        return age.multipliedReportingOverflow(by: ageUnit.seconds).overflow ? nil : age * ageUnit.seconds
    }

    /// Reads the text of a choice; notes what is none and leaves the value at hand. Nil leaves it, too.
    package mutating func read<Choice: GuideChoice>(
        _ text: String?, _ column: String, into path: WritableKeyPath<CallbackProfile, Choice>
    ) {
        if let choice: Choice = choice(text, column) { self[keyPath: path] = choice }
    }

    package mutating func read<Choice: GuideChoice>(
        _ text: String?, _ column: String, into path: WritableKeyPath<CallbackProfile, Choice?>
    ) {
        if let choice: Choice = choice(text, column) { self[keyPath: path] = choice }
    }

    private mutating func choice<Choice: GuideChoice>(_ text: String?, _ column: String) -> Choice? {
        guard let text else { return nil }
        if let choice = Choice(rawValue: text) ?? Choice.allCases.first(where: { $0.label.lowercased() == text.lowercased() }) {
            return choice
        }
        unreadable.append("\(column): say one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }
}
