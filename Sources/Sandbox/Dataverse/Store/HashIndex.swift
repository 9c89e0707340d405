/// Which rows of a table hold a value in one column.
final class HashIndex {
    /// Places of rows; nearly always one.
    enum Slots {
        case one(Int32)
        case many([Int32])

        mutating func append(_ slot: Int32) {
            switch consume self {
            case .one(let other):
                self = .many([other, slot])
            case .many(var slots):
                slots.append(slot)
                self = .many(slots)
            }
        }

        var all: [Int32] {
            switch self {
            case .one(let slot): [slot]
            case .many(let slots): slots
            }
        }
    }

    private var texts: [String: Slots] = [:]
    private var guids: [Guid: Slots] = [:]

    func insert(_ value: CellValue, _ slot: Int32) {
        if case .text(let text) = value {
            HashIndex.insert(&texts, Folding.fold(text), slot)
        } else if let guid = value.guid {
            HashIndex.insert(&guids, guid, slot)
        }
    }

    func remove(_ value: CellValue, _ slot: Int32) {
        if case .text(let text) = value {
            HashIndex.remove(&texts, Folding.fold(text), slot)
        } else if let guid = value.guid {
            HashIndex.remove(&guids, guid, slot)
        }
    }

    func slots(folded text: String) -> [Int32] { texts[text]?.all ?? [] }
    func slots(_ guid: Guid) -> [Int32] { guids[guid]?.all ?? [] }

    private static func insert<Key: Hashable>(_ index: inout [Key: Slots], _ key: Key, _ slot: Int32) {
        guard let place = index.index(forKey: key) else {
            index[key] = .one(slot)
            return
        }
        index.values[place].append(slot)
    }

    private static func remove<Key: Hashable>(_ index: inout [Key: Slots], _ key: Key, _ slot: Int32) {
        switch index.removeValue(forKey: key) {
        case nil:
            break
        case .one(let other):
            if other != slot { index[key] = .one(other) }
        case .many(var slots):
            if let place = slots.firstIndex(of: slot) { slots.remove(at: place) }
            index[key] = slots.count == 1 ? .one(slots[0]) : .many(slots)
        }
    }
}
