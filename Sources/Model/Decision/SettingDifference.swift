/// What other settings would make of a call: pure, for rehearsals.
package enum SettingDifference: Sendable, Hashable {
    /// It was skipped, and would be written.
    case written(Owner, insteadOf: SkipReason)
    /// It would be skipped.
    case skipped(SkipReason)
    case reowned(Owner, insteadOf: Owner)
    case relinked(RowReference?, insteadOf: RowReference?)

    /// One set of settings with what it makes of the directory.
    package struct Side: Sendable {
        package let settings: Settings
        /// Whom the other party is taken for; of one agent's call.
        package let party: @Sendable (PhoneNumber, Owner) -> RowReference?

        package init(_ settings: Settings, party: @escaping @Sendable (PhoneNumber, Owner) -> RowReference?) {
            self.settings = settings
            self.party = party
        }
    }

    /// What differs between two sets of settings, as if the call came anew; empty when nothing does.
    package static func all(for facts: CallFacts, from old: Side, to new: Side, people: People) -> [SettingDifference] {
        let before = Decision.make(for: facts, settings: old.settings, people: people)
        let after = Decision.make(for: facts, settings: new.settings, people: people)
        switch (before, after) {
        case (.skip(let reason), .write(let owner)): return [.written(owner, insteadOf: reason)]
        case (.write, .skip(let reason)): return [.skipped(reason)]
        case (.skip, .skip): return []
        case (.write(let oldOwner), .write(let newOwner)):
            var differences: [SettingDifference] = []
            if oldOwner.systemUserID != newOwner.systemUserID { differences.append(.reowned(newOwner, insteadOf: oldOwner)) }
            let (was, would) = (old.party(facts.other, oldOwner), new.party(facts.other, newOwner))
            if was?.id != would?.id { differences.append(.relinked(would, insteadOf: was)) }
            return differences
        }
    }
}
