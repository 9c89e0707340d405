/// A set of small integers.
struct BitSet: Sendable, Hashable {
    private(set) var words: [UInt64]

    init(size: Int) { words = Array(repeating: 0, count: (size + 63) / 64) }

    init(size: Int, _ members: some Sequence<Int>) {
        self.init(size: size)
        for member in members { insert(member) }
    }

    static func all(size: Int) -> BitSet { BitSet(size: size, 0..<size) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var first: Int? {
        words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
    }
    var members: [Int] { (0..<words.count * 64).filter(contains) }

    func contains(_ member: Int) -> Bool { words[member >> 6] & (1 << UInt64(member & 63)) != 0 }
    mutating func insert(_ member: Int) { words[member >> 6] |= 1 << UInt64(member & 63) }

    func intersection(_ other: BitSet) -> BitSet { combined(other) { $0 & $1 } }
    func union(_ other: BitSet) -> BitSet { combined(other) { $0 | $1 } }
    func subtracting(_ other: BitSet) -> BitSet { combined(other) { $0 & ~$1 } }
    func isDisjoint(with other: BitSet) -> Bool { zip(words, other.words).allSatisfy { $0 & $1 == 0 } }
    func isSubset(of other: BitSet) -> Bool { zip(words, other.words).allSatisfy { $0 & ~$1 == 0 } }

    private func combined(_ other: BitSet, _ operation: (UInt64, UInt64) -> UInt64) -> BitSet {
        var result = self
        for index in words.indices { result.words[index] = operation(words[index], other.words[index]) }
        return result
    }
}
