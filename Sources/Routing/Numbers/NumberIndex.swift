import Foundation
package import Model

/// Every number a tenant's directory knows, in memory. Nothing in it changes: a change makes a new index that shares most of the old one.
package final class NumberIndex: Sendable {
    let exact: NumberTable
    /// Numbers stored in local form, by the suffix they are compared by.
    let local: NumberTable
    /// What changed since the tables were filled; nil for numbers that went.
    let exactChanges: [UInt64: NumberTable.Slot?]
    let localChanges: [UInt64: NumberTable.Slot?]
    let words: NumberWords
    /// By which it was decided whom numbers of several records stand for, and from which length on local forms count.
    package let policy: MatchPolicy
    /// How many numbers it holds, local forms included.
    package let count: Int

    init(
        exact: NumberTable, local: NumberTable, exactChanges: [UInt64: NumberTable.Slot?],
        localChanges: [UInt64: NumberTable.Slot?], words: NumberWords, policy: MatchPolicy
    ) {
        (self.exact, self.local, self.words, self.policy) = (exact, local, words, policy)
        (self.exactChanges, self.localChanges) = (exactChanges, localChanges)
        count = Self.count(exact, exactChanges) + Self.count(local, localChanges)
    }

    /// The same numbers with other words.
    init(_ index: NumberIndex, words: NumberWords) {
        (exact, local, self.words, policy) = (index.exact, index.local, words, index.policy)
        (exactChanges, localChanges, count) = (index.exactChanges, index.localChanges, index.count)
    }

    private static func count(_ table: NumberTable, _ changes: [UInt64: NumberTable.Slot?]) -> Int {
        changes.reduce(table.count) { count, change in
            count + (change.value == nil ? 0 : 1) - (table.find(change.key) == nil ? 0 : 1)
        }
    }

    /// Bytes of memory that the numbers take, and what is said of them.
    package var bytes: Int { exact.bytes + local.bytes + (exactChanges.count + localChanges.count) * 32 + words.bytes }

    /// What is known of a caller: by the number as it is, else by its end.
    package func facts(of number: E164) -> CallerFacts {
        let slot = find(number.value, exact, exactChanges)
        if let slot, PackedFacts.isCarried(slot) {
            var facts = PackedFacts.unpack(slot, words)
            facts.match = PackedFacts.isNobody(slot) ? .none : .exact
            return facts
        }
        let own = slot.map { PackedFacts.unpack($0, words) }
        guard let found = findLocal(number) else { return own ?? .unknown }
        return Self.joined(PackedFacts.unpack(found, words), own)
    }

    private func findLocal(_ number: E164) -> NumberTable.Slot? {
        if local.count == 0 && localChanges.isEmpty { return nil }
        for suffix in NumberSuffix.candidates(of: number, floor: policy.suffixDigits) {
            if let slot = find(suffix.key, local, localChanges) { return slot }
        }
        return nil
    }

    /// What is known of the number itself, without its being anybody's, stands beside what the local form says.
    private static func joined(_ found: CallerFacts, _ own: CallerFacts?) -> CallerFacts {
        var facts = found
        facts.match = .local
        guard let own else { return facts }
        facts.isBlocked = own.isBlocked
        facts.hasOpenCase = own.hasOpenCase
        facts.hasOpenCallback = own.hasOpenCallback
        facts.segment = own.segment ?? found.segment
        facts.language = own.language ?? found.language
        facts.owner = own.owner ?? found.owner
        (facts.queue, facts.agent, facts.agentDay) = (own.queue, own.agent, own.agentDay)
        return facts
    }

    @inline(__always) private func find(_ key: UInt64, _ table: NumberTable, _ changes: [UInt64: NumberTable.Slot?])
        -> NumberTable.Slot?
    {
        if !changes.isEmpty, let changed = changes[key] { return changed }
        return table.find(key)
    }
}
