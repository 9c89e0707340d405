package import FoundationEssentials

/// Whom a number is taken to belong to: the rules, in their order. Pure.
///
/// Own numbers match nobody; then an administrator's decision; then the only entry that carries the number; then each rule in turn keeps those
/// it speaks for, until one is left. When several are left at the end, nobody is chosen.
package struct MatchPolicy: Sendable, Hashable {
    package let rules: [MatchRule]
    /// Shortest local form that is compared; 0: none.
    package let suffixDigits: Int

    package init(rules: [MatchRule] = MatchRule.allCases, suffixDigits: Int = 7) {
        self.rules = rules
        self.suffixDigits = suffixDigits
    }

    /// - Parameters:
    ///   - agent: the Dynamics user whose call it is.
    ///   - people: whose own numbers match nobody.
    package func match(_ number: PhoneNumber, _ finding: DirectoryFinding, agent: UUID?, people: People) -> DirectoryMatch {
        guard number.kind != .withheld, number.kind != .unreadable else { return .nobody(.noNumber) }
        guard !people.isOwn(number) else { return .nobody(.ownNumber) }
        switch finding.decision {
        case .nobody: return .nobody(.decided)
        case .chosen(let row): return .found(row, .init(.decided))
        case nil: return choose(finding, agent: agent)
        }
    }

    /// Whom the number stands for as far as the entries tell that carry it.
    ///
    /// - Parameter agent: nil where nobody knows yet who answers.
    package func choose(_ finding: DirectoryFinding, agent: UUID? = nil) -> DirectoryMatch {
        var left = finding.candidates
        guard let first = left.first else { return .nobody(.unknown) }
        if Self.isOne(left) { return .found(first.row, .init(.only, isLocalForm: finding.isLocalForm)) }
        for rule in rules {
            let kept = rule.select(left, agent: agent)
            guard !kept.isEmpty else { continue }
            if Self.isOne(kept) { return .found(kept[0].row, .init(.rule(rule), isLocalForm: finding.isLocalForm)) }
            left = kept
        }
        return .ambiguous(Set(finding.candidates.map(\.row.id)).count, isLocalForm: finding.isLocalForm)
    }

    /// One entry may carry a number in several columns.
    private static func isOne(_ candidates: [DirectoryCandidate]) -> Bool {
        candidates.allSatisfy { $0.row.id == candidates[0].row.id }
    }
}
