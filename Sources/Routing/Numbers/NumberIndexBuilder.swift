package import Foundation
package import Model

/// Fills an index, number by number, in any order. One owner.
package struct NumberIndexBuilder: ~Copyable {
    private var exact: NumberTable
    private var local: NumberTable
    private var words = NumberWords()
    private let policy: MatchPolicy
    /// Numbers and suffixes that came more than once: what they stand for is decided by their cards.
    package private(set) var disputedNumbers: Set<E164> = []
    package private(set) var disputedSuffixes: Set<NumberSuffix> = []

    /// - Parameter count: how many numbers are expected; more find room, too.
    package init(expecting count: Int, policy: MatchPolicy = MatchPolicy()) throws(NumberTableError) {
        self.policy = policy
        exact = try NumberTable(count: count)
        local = NumberTable()
    }

    /// A number of a record of the directory.
    package mutating func add(_ number: E164, _ record: NumberRecord) throws(NumberTableError) {
        if exact.isFull { exact = try exact.grown(to: exact.count * 3 / 2) }
        if !exact.add(try slot(number.value, record)) { disputedNumbers.insert(number) }
    }

    /// A number in local form.
    package mutating func add(_ suffix: NumberSuffix, _ record: NumberRecord) throws(NumberTableError) {
        if local.isFull { local = try local.grown(to: max(1024, local.count * 2)) }
        if !local.add(try slot(suffix.key, record)) { disputedSuffixes.insert(suffix) }
    }

    /// What routing itself knows of a number; after the directory.
    package mutating func add(_ number: E164, _ row: NumberRow) throws(NumberTableError) {
        if exact.isFull { exact = try exact.grown(to: exact.count * 3 / 2) }
        let (facts, owner) = CallerCard(row: row).facts()
        let slot = try PackedFacts.pack(number.value, facts, owner: owner, isNobody: false, &words)
        if !exact.add(slot) { disputedNumbers.insert(number) }
    }

    /// Decides what was disputed, or ruled on by an administrator.
    package mutating func settle(_ number: E164, _ card: CallerCard) throws(NumberTableError) {
        if exact.isFull { exact = try exact.grown(to: exact.count * 3 / 2) }
        if let slot = try NumberIndex.slot(number.value, card, &words) { exact.set(slot) }
    }

    package mutating func settle(_ suffix: NumberSuffix, _ card: CallerCard) throws(NumberTableError) {
        if local.isFull { local = try local.grown(to: max(1024, local.count * 2)) }
        if let slot = try NumberIndex.slot(suffix.key, card, &words) { local.set(slot) }
    }

    package consuming func finish(people: [UUID: E164]) -> NumberIndex {
        words.resolve(people)
        return NumberIndex(exact: exact, local: local, words: words, policy: policy)
    }

    /// The usual case, one record alone, without making a card.
    private mutating func slot(_ key: UInt64, _ record: NumberRecord) throws(NumberTableError) -> NumberTable.Slot {
        var facts = CallerFacts()
        facts.kind = record.kind
        facts.segment = record.segment
        facts.language = record.language
        return try PackedFacts.pack(key, facts, owner: record.owner.map { .user($0) }, isNobody: false, &words)
    }
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
