import Foundation
import Model
import Testing

@testable import Routing

/// The index in memory says of each number what its card says, however many different things there are to say.
@Suite struct NumberIndexTests {
    private static func number(_ index: Int) -> E164 { E164(value: 358_400_000_000 + UInt64(index)) }

    private static func card(_ index: Int) -> CallerCard {
        var row = NumberRow()
        row.segment = "segment \(index % 700)"
        row.language = "x\(index % 130)"
        row.owner = E164(value: 358_930_000_000 + UInt64(index % 80_000))
        row.queue = E164(value: 358_940_000_000 + UInt64(index % 6000))
        row.kind = [.contact, .account, .lead, nil][index % 4]
        row.isBlocked = index % 3 == 0
        row.agent = index % 2 == 0 ? E164(value: 358_950_000_000 + UInt64(index % 90_000)) : nil
        row.agentDay = Int32(index % 25_000)
        return CallerCard(row: row)
    }

    @Test func `no segment, language, owner or queue is left out, be there ever so many`() throws {
        let count = 100_000
        var builder = NumberIndexBuilder(expecting: count)
        for index in 0..<count { try builder.add(Self.number(index), try #require(Self.card(index).row)) }
        let index = try builder.finish(people: [:])
        var different = 0
        for place in 0..<count where index.facts(of: Self.number(place)) != Self.card(place).facts(people: [:]) { different += 1 }
        #expect(different == 0)
        #expect(index.count == count)
    }

    @Test func `each fact survives packing`() throws {
        var words = NumberWords()
        for day in [nil, 0, 1, 16_000, 20_500, 65_533] as [Int32?] {
            for bits in 0..<16 {
                var facts = CallerFacts()
                facts.kind = CallerFacts.Kind.allCases[bits & 3]
                facts.isBlocked = bits & 4 != 0
                facts.hasOpenCase = bits & 8 != 0
                facts.hasOpenCallback = bits & 1 != 0
                facts.agent = day == nil ? nil : E164("+358931001")
                facts.agentDay = day
                facts.segment = "VIP"
                let slot = try PackedFacts.pack(999_999_999_999_999, facts, owner: nil, isNobody: false, &words)
                words.resolve([:])
                #expect(PackedFacts.unpack(slot, words) == facts)
                #expect(slot.head & NumberTable.keyMask == 999_999_999_999_999)
            }
        }
    }

    @Test func `local forms count from the setting's length on, and the longest decides`() throws {
        var builder = NumberIndexBuilder(expecting: 8)
        try builder.add(
            try #require(NumberSuffix(local: "401234567")), try builder.meaning(of: NumberRecord(kind: .contact, segment: "long"))
        )
        try builder.add(
            try #require(NumberSuffix(local: "34567")), try builder.meaning(of: NumberRecord(kind: .lead, segment: "short")))
        let index = try builder.finish(people: [:])
        func segment(_ text: String, _ floor: Int) throws -> String? {
            let changed = try index.changed(by: NumberChanges(), people: [:], suffixDigits: floor)
            return changed.facts(of: try #require(E164(text))).segment
        }
        #expect(try segment("+358401234567", 5) == "long")
        #expect(try segment("+358501234567", 5) == "short")
        #expect(try segment("+358501234567", 7) == nil)
        #expect(try segment("+358401234567", 9) == "long")
        #expect(try segment("+358401234567", 10) == nil)
        #expect(try segment("+358401234567", 0) == nil)
    }

    @Test func `what is decided to be nobody's is nobody's, whatever stands in local form`() throws {
        var builder = NumberIndexBuilder(expecting: 8)
        try builder.add(try #require(NumberSuffix(local: "401234567")), try builder.meaning(of: NumberRecord(kind: .contact)))
        try builder.settle(try #require(E164("+358401234567")), CallerCard(ruling: .nobody))
        let index = try builder.finish(people: [:])
        #expect(index.facts(of: try #require(E164("+358401234567"))) == .unknown)
        #expect(index.facts(of: try #require(E164("+46401234567"))).kind == .contact)
    }
}
