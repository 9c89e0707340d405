package import Foundation
package import Model

/// Fills an index, number by number, in any order; or compares each number with an index from before. One owner.
package struct NumberIndexBuilder: ~Copyable {
    private var exact: NumberTableBuilder
    private var local: NumberTableBuilder
    private var words: NumberWords
    private let policy: MatchPolicy
    /// Numbers and suffixes that came more than once: what they stand for is decided by their cards.
    package private(set) var disputedNumbers: Set<E164> = []
    package private(set) var disputedSuffixes: Set<NumberSuffix> = []

    /// - Parameters:
    ///   - count: how many numbers are expected; more find room, too.
    ///   - old: the numbers as they were; most of them are taken to be so still.
    package init(expecting count: Int, policy: MatchPolicy = MatchPolicy(), comparingWith old: NumberIndex? = nil) {
        self.policy = policy
        // What numbers no longer refer to is forgotten by filling anew.
        let old = old.flatMap { $0.words.count <= 4096 + $0.exact.count / 64 ? $0 : nil }
        exact = NumberTableBuilder(expecting: count, comparingWith: old?.exact)
        local = NumberTableBuilder(expecting: 0, comparingWith: old?.local)
        words = old?.words ?? NumberWords()
    }

    /// What one record alone says of its numbers: the usual case, without making a card.
    package mutating func meaning(of record: NumberRecord) throws(NumberTableError) -> NumberMeaning {
        var facts = CallerFacts()
        facts.kind = record.kind
        facts.segment = record.segment
        facts.language = record.language
        return NumberMeaning(
            slot: try PackedFacts.pack(0, facts, owner: record.owner.map { .user($0) }, isNobody: false, &words))
    }

    /// A number of a record of the directory.
    package mutating func add(_ number: E164, _ meaning: NumberMeaning) throws(NumberTableError) {
        if try !exact.add(meaning.slot(of: number.value)) { disputedNumbers.insert(number) }
    }

    /// A number in local form.
    package mutating func add(_ suffix: NumberSuffix, _ meaning: NumberMeaning) throws(NumberTableError) {
        if try !local.add(meaning.slot(of: suffix.key)) { disputedSuffixes.insert(suffix) }
    }

    /// What routing itself knows of a number; after the directory.
    package mutating func add(_ number: E164, _ row: NumberRow) throws(NumberTableError) {
        let (facts, owner) = CallerCard(row: row).facts()
        let slot = try PackedFacts.pack(number.value, facts, owner: owner, isNobody: false, &words)
        if try !exact.add(slot) { disputedNumbers.insert(number) }
    }

    /// Decides what was disputed, or ruled on by an administrator.
    package mutating func settle(_ number: E164, _ card: CallerCard) throws(NumberTableError) {
        if let slot = try NumberIndex.slot(number.value, card, &words) { try exact.set(slot) }
    }

    package mutating func settle(_ suffix: NumberSuffix, _ card: CallerCard) throws(NumberTableError) {
        if let slot = try NumberIndex.slot(suffix.key, card, &words) { try local.set(slot) }
    }

    package consuming func finish(people: [UUID: E164]) throws(NumberTableError) -> NumberIndex {
        words.resolve(people)
        let (words, policy) = (words, policy)
        let (exact, local) = (try exact.finish(), try local.finish())
        return NumberIndex(
            exact: exact.table, local: local.table, exactChanges: exact.changes, localChanges: local.changes, words: words,
            policy: policy)
    }
}

/// What is said of a number, as an index keeps it.
package struct NumberMeaning: Sendable {
    /// Without a number.
    fileprivate let slot: NumberTable.Slot

    fileprivate func slot(of key: UInt64) -> NumberTable.Slot { NumberTable.Slot(head: slot.head | key, tail: slot.tail) }
}

/// What is said of a number by the one record that carries it.
package struct NumberRecord: Sendable, Hashable {
    package var kind: CallerFacts.Kind
    package var owner: UUID?
    package var segment: String?
    package var language: String?

    package init(kind: CallerFacts.Kind, owner: UUID? = nil, segment: String? = nil, language: String? = nil) {
        (self.kind, self.owner, self.segment, self.language) = (kind, owner, segment, language)
    }
}
