import Glibc

/// Numbers with sixteen bytes for each, in one piece of memory of its own: a hash table with open addressing whose numbers stand in the order of their hashes.
///
/// By that order a search for a number that is not there ends where it would stand, so the table may be full to fifteen sixteenths and a miss costs no more
/// than a hit: about eight neighbours in two or three lines of the cache. It is filled by one owner and then only read, by any number of threads
/// without a lock.
package final class NumberTable: Sendable {
    /// What a number stands for, see ``PackedFacts``. The number itself takes the low 50 bits of the first word; none is zero.
    struct Slot: Equatable {
        var head: UInt64
        var tail: UInt64

        static let empty = Slot(head: 0, tail: 0)

        var key: UInt64 { head & NumberTable.keyMask }
    }

    static let keyMask: UInt64 = (1 << 50) - 1

    // Belongs to whoever fills the table; never written once it is shared.
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Slot>
    nonisolated(unsafe) private let figures: UnsafeMutablePointer<Figures>
    private let mapped: Int

    private struct Figures {
        /// Slots that numbers are spread over. Behind them is room for all that could be crowded out at the end: pages that are never touched take no memory.
        var capacity: Int
        /// Numbers it may hold.
        var room: Int
        var count = 0

        init(room: Int) {
            self.room = max(room, 15)
            capacity = self.room + self.room / 15
        }

        /// Where a hash stands if nothing is in the way.
        @inline(__always) func home(of hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(capacity)).high) }
    }

    var count: Int { figures.pointee.count }
    /// Places at which a number may stand.
    var places: Range<Int> { 0..<(figures.pointee.capacity + figures.pointee.room) }
    /// Bytes of memory it takes.
    package var bytes: Int { figures.pointee.capacity * MemoryLayout<Slot>.stride }

    /// - Parameter count: how many numbers it has room for.
    /// - Throws: ``NumberTableError`` when the system has no memory for it; whoever has an older table goes on with that.
    init(count: Int) throws(NumberTableError) {
        let figures = Figures(room: count)
        // The last is always free: a search ends there.
        let size = (figures.capacity + figures.room + 1) * MemoryLayout<Slot>.stride
        // Fresh zero pages, given back at once when the table goes; large pages spare the processor long walks.
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != MAP_FAILED else { throw NumberTableError(bytes: size) }
        if size > 8 << 20 { madvise(memory, size, 14 /* MADV_HUGEPAGE */) }
        mapped = size
        slots = memory.bindMemory(to: Slot.self, capacity: size / MemoryLayout<Slot>.stride)
        self.figures = .allocate(capacity: 1)
        self.figures.initialize(to: figures)
    }

    deinit {
        munmap(slots, mapped)
        figures.deallocate()
    }

    /// One more needs a larger table.
    var isFull: Bool { count == figures.pointee.room }

    // MARK: Reading

    /// No two numbers have the same, because the factor is odd.
    @inline(__always) private static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }

    /// Where a key stands, or else would be put.
    @inline(__always) private func position(of key: UInt64) -> Int {
        let hash = Self.hash(key)
        var place = figures.pointee.home(of: hash)
        while true {
            let slot = slots[place]
            if slot.head == 0 || Self.hash(slot.key) >= hash { return place }
            place += 1
        }
    }

    /// Where a key stands; nil when it is not there.
    func place(of key: UInt64) -> Int? {
        let place = position(of: key)
        return slots[place].key == key ? place : nil
    }

    /// What stands at a place; nil for nothing.
    subscript(place: Int) -> Slot? { slots[place].head == 0 ? nil : slots[place] }

    func find(_ key: UInt64) -> Slot? {
        let slot = slots[position(of: key)]
        return slot.key == key ? slot : nil
    }

    /// Everything that stands there, in the order of the hashes.
    func forEach(_ body: (_ place: Int, _ slot: Slot) -> Void) {
        var place = 0
        // What was crowded out stands right behind the end.
        while place < figures.pointee.capacity || slots[place].head != 0 {
            if slots[place].head != 0 { body(place, slots[place]) }
            place += 1
        }
    }

    // MARK: Filling (only by the owner)

    /// Adds a number; false when it is there already, whatever it stands for. Not when full.
    func add(_ slot: Slot) -> Bool {
        let place = position(of: slot.key)
        guard slots[place].key != slot.key else { return false }
        insert(slot, at: place)
        return true
    }

    /// Adds a number, which takes room, or gives it another meaning.
    func set(_ slot: Slot) {
        let place = position(of: slot.key)
        if slots[place].key == slot.key { slots[place] = slot } else { insert(slot, at: place) }
    }

    /// Those with higher hashes move on by one, up to the next free place.
    private func insert(_ slot: Slot, at place: Int) {
        precondition(!isFull)
        var (moving, place) = (slot, place)
        while moving.head != 0 {
            swap(&slots[place], &moving)
            place += 1
        }
        figures.pointee.count += 1
    }

    /// A copy with more room.
    func grown(to count: Int) throws(NumberTableError) -> NumberTable {
        let larger = try NumberTable(count: count)
        forEach { _, slot in _ = larger.add(slot) }
        return larger
    }

    /// Gives back what is more than a sixteenth of room too much. With fewer slots no number stands further back than before, so each is moved once, in place.
    func trim() {
        let before = figures.pointee
        var after = Figures(room: before.count)
        guard after.capacity < before.capacity - before.capacity / 16 else { return }
        after.count = before.count
        var next = 0
        forEach { place, slot in
            slots[place] = .empty
            next = max(next, after.home(of: Self.hash(slot.key)))
            slots[next] = slot
            next += 1
        }
        figures.pointee = after
        let page = 2 << 20
        let kept = (next * MemoryLayout<Slot>.stride + page) / page * page
        if kept < mapped { madvise(UnsafeMutableRawPointer(slots) + kept, mapped - kept, MADV_DONTNEED) }
    }
}

/// So many numbers, or what is said of them, can't be held.
package struct NumberTableError: Error, Sendable, CustomStringConvertible {
    package let description: String

    /// The system has no memory for them.
    init(bytes: Int) { description = "there is no memory for \(bytes) bytes of numbers" }
    /// More people, or combinations of what is said of a caller, than can be told apart.
    init(words: Int) { description = "the numbers have more than \(words) people, or kinds of caller, between them" }
}
