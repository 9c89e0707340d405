package import Foundation
import Model

/// What is stored now about numbers, and about suffixes of local forms, that changed.
package struct NumberChanges: Sendable {
    package var exact: [E164: CallerCard] = [:]
    package var local: [NumberSuffix: CallerCard] = [:]

    package init() {}
}

extension NumberIndex {
    /// A new index with these numbers as they are now, and with people's numbers looked up anew.
    ///
    /// Changes lie beside the tables; when there are many, the tables are copied with them, which takes a while.
    ///
    /// - Parameter suffixDigits: the fewest digits by which local forms are compared from now on.
    package func changed(by changes: NumberChanges, people: [UUID: E164], suffixDigits: Int) throws(NumberTableError)
        -> NumberIndex
    {
        var words = words
        var (exactChanges, localChanges) = (exactChanges, localChanges)
        for (number, card) in changes.exact { exactChanges[number.value] = .some(try Self.slot(number.value, card, &words)) }
        for (suffix, card) in changes.local { localChanges[suffix.key] = .some(try Self.slot(suffix.key, card, &words)) }
        words.resolve(people)
        return NumberIndex(
            exact: try Self.merged(exact, &exactChanges), local: try Self.merged(local, &localChanges),
            exactChanges: exactChanges, localChanges: localChanges, words: words,
            policy: MatchPolicy(rules: policy.rules, suffixDigits: suffixDigits))
    }

    /// The same numbers with people's numbers as they are now.
    package func resolved(people: [UUID: E164]) -> NumberIndex {
        var words = words
        words.resolve(people)
        return NumberIndex(self, words: words)
    }

    /// Nil for a number of which nothing is stored any more.
    static func slot(_ key: UInt64, _ card: CallerCard, _ words: inout NumberWords) throws(NumberTableError) -> NumberTable.Slot?
    {
        if card.isBlank { return nil }
        let (facts, owner) = card.facts()
        return try PackedFacts.pack(key, facts, owner: owner, isNobody: card.isNobody, &words)
    }

    private static func merged(_ table: NumberTable, _ changes: inout [UInt64: NumberTable.Slot?]) throws(NumberTableError)
        -> NumberTable
    {
        guard changes.count > table.mostChanges else { return table }
        defer { changes = [:] }
        return try table.merged(with: changes) { _ in true }
    }
}
