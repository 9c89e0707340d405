import FoundationEssentials
package import Model

/// What the directory holds about the numbers of a batch.
package struct DirectoryFindings: Sendable {
    private var byNumber: [PhoneNumber: DirectoryFinding] = [:]

    package init() {}

    /// Empty for a number that nobody carries.
    package subscript(_ number: PhoneNumber) -> DirectoryFinding {
        get { byNumber[number] ?? DirectoryFinding() }
        set { byNumber[number] = newValue }
    }

    /// Entries that share a number with others.
    var rivals: [UUID] {
        let shared = byNumber.values.filter { $0.decision == nil && $0.candidates.count > 1 }
        return Array(Set(shared.flatMap { $0.candidates.map(\.row.id) }))
    }

    mutating func note(open: Set<UUID>) {
        for number in byNumber.keys {
            for index in byNumber[number]!.candidates.indices where open.contains(byNumber[number]!.candidates[index].row.id) {
                byNumber[number]!.candidates[index].isOpen = true
            }
        }
    }
}
