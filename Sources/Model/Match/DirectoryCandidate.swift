package import FoundationEssentials

/// An entry of the directory that carries a number, by one of its columns.
package struct DirectoryCandidate: Sendable, Hashable {
    package var row: RowReference
    package var ownerID: UUID?
    /// Account that a contact belongs to.
    package var accountID: UUID?
    /// Column of Dynamics.
    package var field: String
    /// An extension stands behind the number.
    package var hasExtension: Bool
    /// Start of the latest call that was linked to it.
    package var lastInteraction: Date?
    /// An open callback is regarding it.
    package var isOpen: Bool

    package init(
        _ row: RowReference, ownerID: UUID? = nil, accountID: UUID? = nil, field: String = "telephone1",
        hasExtension: Bool = false, lastInteraction: Date? = nil, isOpen: Bool = false
    ) {
        self.row = row
        self.ownerID = ownerID
        self.accountID = accountID
        self.field = field
        self.hasExtension = hasExtension
        self.lastInteraction = lastInteraction
        self.isOpen = isOpen
    }
}

/// What the directory holds about one number.
package struct DirectoryFinding: Sendable, Hashable {
    /// A row for each column that carries the number.
    package var candidates: [DirectoryCandidate]
    /// The number does not stand in the directory as such: its digits are the end of one, or one of them is without its country.
    package var isLocalForm: Bool
    package var decision: DirectoryDecision?

    package init(_ candidates: [DirectoryCandidate] = [], isLocalForm: Bool = false, decision: DirectoryDecision? = nil) {
        self.candidates = candidates
        self.isLocalForm = isLocalForm
        self.decision = decision
    }
}

/// What an administrator decided about a number.
package enum DirectoryDecision: Sendable, Hashable {
    case chosen(RowReference)
    case nobody
}
