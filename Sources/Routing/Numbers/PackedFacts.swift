/// Facts in two words, with the number in the low bits of the first.
///
///     head: 50 number · 2 kind · 1 ambiguous · 1 blocked · 1 case · 1 callback · 8 segment
///     tail: 16 owner · 16 agent · 12 queue · 6 language · 14 day of the last talk
///
/// Segments, languages, people and queues are places in ``NumberWords``; 0 is none. Ambiguous with a kind means: nobody, by decision.
enum PackedFacts {
    static let firstDay: Int32 = 16_436  // 2015-01-01

    static func pack(_ key: UInt64, _ facts: CallerFacts, owner: NumberWords.Person?, isNobody: Bool, _ words: inout NumberWords)
        -> NumberTable.Slot
    {
        var head = key & NumberTable.keyMask
        head |= UInt64(isNobody ? CallerFacts.Kind.contact.rawValue : facts.kind.rawValue) << 50
        if facts.isAmbiguous || isNobody { head |= 1 << 52 }
        if facts.isBlocked { head |= 1 << 53 }
        if facts.hasOpenCase { head |= 1 << 54 }
        if facts.hasOpenCallback { head |= 1 << 55 }
        head |= words.segments.place(of: facts.segment) << 56
        var tail = words.people.place(of: owner)
        tail |= words.people.place(of: facts.agent.map { .number($0) }) << 16
        tail |= words.queues.place(of: facts.queue) << 32
        tail |= words.languages.place(of: facts.language) << 44
        if let day = facts.agentDay { tail |= UInt64(min(max(day - firstDay, 0) + 1, 16_383)) << 50 }
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
        facts.segment = words.segments[Int(slot.head >> 56)]
        facts.owner = words.number(Int(slot.tail & 0xFFFF))
        facts.agent = words.number(Int(slot.tail >> 16 & 0xFFFF))
        facts.queue = words.queues[Int(slot.tail >> 32 & 0xFFF)]
        facts.language = words.languages[Int(slot.tail >> 44 & 0x3F)]
        let day = Int32(slot.tail >> 50)
        if day > 0 { facts.agentDay = day - 1 + firstDay }
        return facts
    }
}
