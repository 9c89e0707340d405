import Testing

@testable import Routing

/// Tables of numbers hold what a plain dictionary holds, however they are filled.
@Suite struct NumberTableTests {
    typealias Slot = NumberTable.Slot

    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    }

    private static func slot(_ key: UInt64, _ meaning: Int) -> Slot {
        Slot(head: key | UInt64(meaning & 3) << 50, tail: UInt64(meaning))
    }

    private static func key(_ index: Int) -> UInt64 { 358_400_000_000 + UInt64(index) * 7 }

    /// What a table, and what lies beside it, say of a key.
    private static func found(_ key: UInt64, _ built: (table: NumberTable, changes: [UInt64: Slot?])) -> Slot? {
        built.changes[key] ?? built.table.find(key)
    }

    @Test(arguments: [1, 16, 500, 70_000]) func `a table that is filled to the last number finds each, and nothing else`(
        count: Int
    ) throws {
        var dice = Dice(state: UInt64(count))
        let table = try NumberTable(count: count)
        var expected: [UInt64: Slot] = [:]
        while !table.isFull {
            let slot = Self.slot(Self.key(dice.below(count * 3 + 50)), dice.below(1000))
            #expect(table.add(slot) == (expected[slot.key] == nil))
            expected[slot.key] = expected[slot.key] ?? slot
        }
        for copy in [table, try table.grown(to: count * 2)] {
            #expect(copy.count == expected.count)
            for index in 0..<(count * 3 + 50) where copy.find(Self.key(index)) != expected[Self.key(index)] {
                Issue.record("\(Self.key(index)) is not what was put there")
            }
            var all: [UInt64: Slot] = [:]
            copy.forEach { all[$1.key] = $1 }
            #expect(all == expected)
        }
    }

    @Test func `numbers that all belong to the last place find room behind it`() throws {
        let table = try NumberTable(count: 60)
        // The last sixty-fourth of the hashes.
        var crowd: [UInt64] = []
        var key: UInt64 = 0
        while crowd.count < 60 {
            key += 1
            let hash = key &* 0x9E37_79B9_7F4A_7C15
            if hash >> 58 == 63 { crowd.append(key) }
        }
        for key in crowd { #expect(table.add(Self.slot(key, 1))) }
        #expect(table.isFull)
        for key in crowd { #expect(table.find(key) == Self.slot(key, 1)) }
        var seen = 0
        table.forEach { _, _ in seen += 1 }
        #expect(seen == 60)
        table.trim()
        for key in crowd { #expect(table.find(key) == Self.slot(key, 1)) }
    }

    @Test(arguments: [3, 1000, 300_000]) func `room that is not needed is given back, and nothing is lost with it`(count: Int)
        throws
    {
        let table = try NumberTable(count: count * 3)
        for index in 0..<count { #expect(table.add(Self.slot(Self.key(index), index))) }
        let before = table.bytes
        table.trim()
        #expect(table.count == count && (table.bytes < before / 2 || count < 10))
        for index in 0..<count where table.find(Self.key(index)) != Self.slot(Self.key(index), index) {
            Issue.record("number \(index) was lost")
        }
        #expect(table.find(Self.key(count)) == nil)
    }

    /// How many of a thousand numbers are other than before, gone, new, or come twice.
    @Test(arguments: [[0, 0, 0, 0], [3, 2, 4, 5], [1000, 0, 0, 300], [0, 1000, 1000, 0], [100, 400, 600, 30]])
    func `numbers compared with those before are as if they had been filled anew`(shares: [Int]) throws {
        var dice = Dice(state: UInt64(shares.reduce(7, +)))
        let count = 20_000
        var old = NumberTableBuilder(expecting: 10)
        for index in 0..<count { _ = try old.add(Self.slot(Self.key(index), index)) }
        let before = try old.finish()
        #expect(before.changes.isEmpty && before.table.count == count)

        var builder = NumberTableBuilder(expecting: count, comparingWith: before.table)
        var expected: [UInt64: Slot] = [:]
        func add(_ slot: Slot, _ builder: inout NumberTableBuilder) throws {
            let isNew = try builder.add(slot)
            #expect(isNew == (expected[slot.key] == nil))
            expected[slot.key] = expected[slot.key] ?? slot
        }
        for index in (0..<count).shuffled(using: &dice) {
            if dice.below(1000) < shares[2] { try add(Self.slot(Self.key(count + index), index), &builder) }
            if dice.below(1000) < shares[1] { continue }
            let isOther = dice.below(1000) < shares[0]
            try add(Self.slot(Self.key(index), isOther ? index + 1 : index), &builder)
            guard dice.below(1000) < shares[3] else { continue }
            // It comes again, and is decided at the end, or at once, to be as it was or something else.
            try add(Self.slot(Self.key(index), index + 2), &builder)
            let settled = Self.slot(Self.key(index), dice.below(2) == 0 ? index : index + 3)
            try builder.set(settled)
            expected[settled.key] = settled
        }
        let new = Self.slot(Self.key(3 * count), 1)
        try builder.set(new)
        expected[new.key] = new

        let built = try builder.finish()
        for index in 0..<(3 * count + 2) where Self.found(Self.key(index), built) != expected[Self.key(index)] {
            Issue.record("number \(index) is not what was added last")
        }
        // Few changes lie beside the old table, many make a new one.
        #expect((built.table === before.table) == (shares.reduce(0, +) < 100))
        #expect(built.table === before.table || (built.changes.isEmpty && built.table.count == expected.count))
    }
}
