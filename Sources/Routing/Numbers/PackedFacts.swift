/// Facts in two words, with the number in the low bits of the first.
///
///     head: 50 number · 2 kind · 1 ambiguous · 1 blocked · 1 case · 1 callback · 8 low bits of the day
///     tail: 32 profile · 24 agent · 8 high bits of the day
///
/// Profile and agent are places in ``NumberWords``; 0 is none. The day is that of the last talk, counted from 1 for 1970-01-01. Ambiguous with a kind
/// means: nobody, by decision.
enum PackedFacts {
    static let mostProfiles = Int(UInt32.max)
    static let mostAgents = 1 << 24 - 1

    static func pack(
        _ key: UInt64, _ facts: CallerFacts, owner: NumberWords.Person?, isNobody: Bool, _ words: inout NumberWords
    ) throws(NumberTableError) -> NumberTable.Slot {
        var head = key & NumberTable.keyMask
        head |= UInt64(isNobody ? CallerFacts.Kind.contact.rawValue : facts.kind.rawValue) << 50
        if facts.isAmbiguous || isNobody { head |= 1 << 52 }
        if facts.isBlocked { head |= 1 << 53 }
        if facts.hasOpenCase { head |= 1 << 54 }
        if facts.hasOpenCallback { head |= 1 << 55 }
        var tail = UInt64(try words.place(of: facts, owner: owner))
        tail |= UInt64(try words.people.place(of: facts.agent.map { .number($0) })) << 32
        if let day = facts.agentDay {
            let counted = UInt64(min(max(day, 0), 65_533) + 1)
            head |= (counted & 0xFF) << 56
            tail |= (counted >> 8) << 56
        }
        return NumberTable.Slot(head: head, tail: tail)
    }

    static func isNobody(_ slot: NumberTable.Slot) -> Bool { slot.head >> 50 & 7 > 4 }
    /// Whether the number is somebody's, and be it several people's, or nobody's by decision.
    static func isCarried(_ slot: NumberTable.Slot) -> Bool { slot.head >> 50 & 7 != 0 }

    static func unpack(_ slot: NumberTable.Slot, _ words: NumberWords) -> CallerFacts {
        var facts = CallerFacts()
        let isNobody = isNobody(slot)
        facts.kind = isNobody ? .unknown : CallerFacts.Kind(rawValue: UInt8(slot.head >> 50 & 3)) ?? .unknown
        facts.isAmbiguous = !isNobody && slot.head >> 52 & 1 == 1
        facts.isBlocked = slot.head >> 53 & 1 == 1
        facts.hasOpenCase = slot.head >> 54 & 1 == 1
        facts.hasOpenCallback = slot.head >> 55 & 1 == 1
        if let profile = words.profiles[Int(slot.tail & 0xFFFF_FFFF)] {
            facts.segment = words.segments[Int(profile.segment)]
            facts.language = words.languages[Int(profile.language)]
            facts.owner = words.number(Int(profile.owner))
            facts.queue = words.queues[Int(profile.queue)]
        }
        facts.agent = words.number(Int(slot.tail >> 32 & 0xFF_FFFF))
        let day = Int32(slot.head >> 56 | (slot.tail >> 56) << 8)
        if day > 0 { facts.agentDay = day - 1 }
        return facts
    }
}
