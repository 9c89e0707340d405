/// Fills a table number by number, in any order. One owner.
///
/// Where there is a table from before, each number is looked up in that one instead, and only what is other than in it is noted. When that becomes too much, a
/// new table is filled after all: with what was found to be as before, what was noted, and what is still to come.
struct NumberTableBuilder: ~Copyable {
    typealias Slot = NumberTable.Slot

    private let expected: Int
    /// What is filled; nil while numbers are compared, and before the first.
    private var table: NumberTable?
    /// What numbers are compared with, and which of its places were asked for.
    private var old: NumberTable?
    private var seen = BitSet(size: 0)
    private var changes: [UInt64: Slot?] = [:]

    /// - Parameters:
    ///   - count: how many numbers are expected; more find room, too.
    ///   - old: what to compare with, if anything.
    init(expecting count: Int, comparingWith old: NumberTable? = nil) {
        expected = count
        self.old = old
        if let old { seen = BitSet(size: old.places.count) }
    }

    /// Adds a number; false when it came already, whatever it stands for.
    mutating func add(_ slot: Slot) throws(NumberTableError) -> Bool {
        guard let old else { return try roomy().add(slot) }
        if let place = old.place(of: slot.key) {
            guard !seen.contains(place) else { return false }
            seen.insert(place)
            if old[place] != slot { try note(slot, beside: old) }
        } else {
            guard changes[slot.key] == nil else { return false }
            try note(slot, beside: old)
        }
        return true
    }

    /// Adds a number or gives it another meaning.
    mutating func set(_ slot: Slot) throws(NumberTableError) {
        guard let old else { return try roomy().set(slot) }
        if let place = old.place(of: slot.key) {
            seen.insert(place)
            if old[place] == slot {
                changes[slot.key] = nil
                return
            }
        }
        try note(slot, beside: old)
    }

    /// The table, and what is other than in it; nil for numbers that went.
    consuming func finish() throws(NumberTableError) -> (table: NumberTable, changes: [UInt64: Slot?]) {
        if let old {
            let most = old.mostChanges - changes.count
            var gone: [UInt64] = []
            old.forEach { place, slot in
                if gone.count <= most, !seen.contains(place) { gone.append(slot.key) }
            }
            if gone.count <= most {
                for key in gone { changes[key] = .some(nil) }
                return (old, changes)
            }
            try fill(from: old)
        }
        let table = try roomy()
        table.trim()
        return (table, [:])
    }

    private mutating func note(_ slot: Slot, beside old: NumberTable) throws(NumberTableError) {
        changes[slot.key] = slot
        if changes.count > old.mostChanges { try fill(from: old) }
    }

    private mutating func fill(from old: NumberTable) throws(NumberTableError) {
        table = try old.merged(with: changes) { [seen] place in seen.contains(place) }
        (self.old, seen, changes) = (nil, BitSet(size: 0), [:])
    }

    /// A table with room for one more.
    private mutating func roomy() throws(NumberTableError) -> NumberTable {
        if let table, !table.isFull { return table }
        let larger: NumberTable
        if let table {
            larger = try table.grown(to: table.count * 9 / 8 + 1024)
        } else {
            larger = try NumberTable(count: expected)
        }
        table = larger
        return larger
    }
}

extension NumberTable {
    /// So many numbers may be other than in the table before a new one is better.
    var mostChanges: Int { 4096 + count / 100 }

    /// A new table of what stands at some of the places, and of what changed.
    ///
    /// - Parameter changes: nil for numbers that went.
    func merged(with changes: [UInt64: Slot?], of keeps: (_ place: Int) -> Bool) throws(NumberTableError) -> NumberTable {
        let merged = try NumberTable(count: count + changes.count)
        forEach { place, slot in
            if changes[slot.key] == nil, keeps(place) { _ = merged.add(slot) }
        }
        for case .some(let slot) in changes.values { _ = merged.add(slot) }
        return merged
    }
}
