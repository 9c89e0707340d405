import Glibc

/// Numbers with sixteen bytes for each, found in one or two looks at memory: a hash table with open addressing in one piece of memory of its own.
///
/// It is filled by one owner and then only read, by any number of threads without a lock.
package final class NumberTable: Sendable {
    /// What a number stands for, see ``PackedFacts``. The number itself takes the low 50 bits of the first word; none is zero.
    struct Slot {
        var head: UInt64
        var tail: UInt64
    }

    static let keyMask: UInt64 = (1 << 50) - 1

    // Belongs to whoever fills the table; never written once it is shared.
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Slot>
    nonisolated(unsafe) private let used: UnsafeMutablePointer<Int>
    let capacity: Int

    var count: Int { used.pointee }
    /// Bytes of memory it takes.
    package var bytes: Int { capacity * MemoryLayout<Slot>.stride }

    /// A table without room; the first number makes it grow.
    init() {
        capacity = 1
        slots = .allocate(capacity: 1)
        slots.initialize(to: Slot(head: 0, tail: 0))
        used = .allocate(capacity: 1)
        used.initialize(to: 0)
    }

    /// - Parameter count: how many numbers it is to hold; three quarters of the slots at most are taken by them.
    /// - Throws: ``NumberTableError`` when the system has no memory for it; whoever has an older table goes on with that.
    init(count: Int) throws(NumberTableError) {
        capacity = max(16, count * 4 / 3 + 1)
        let size = capacity * MemoryLayout<Slot>.stride
        // Fresh zero pages, given back at once when the table goes; large pages spare the processor long walks.
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { throw NumberTableError(bytes: size) }
        if size > 4 << 20 { madvise(memory, size, 14 /* MADV_HUGEPAGE */) }
        slots = memory.bindMemory(to: Slot.self, capacity: capacity)
        used = .allocate(capacity: 1)
        used.initialize(to: 0)
    }

    deinit {
        if capacity == 1 { slots.deallocate() } else { munmap(slots, capacity * MemoryLayout<Slot>.stride) }
        used.deallocate()
    }

    /// One more would take more than seven of eight slots; there is always a free one, at which a search ends.
    var isFull: Bool { (used.pointee + 1) * 8 > capacity * 7 }

    /// Where a key stands, or the free place where it would.
    @inline(__always) private func place(of key: UInt64) -> Int {
        var place = Int((key &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: UInt64(capacity)).high)
        while true {
            let head = slots[place].head
            if head == 0 || head & Self.keyMask == key { return place }
            place += 1
            if place == capacity { place = 0 }
        }
    }

    func find(_ key: UInt64) -> Slot? {
        let slot = slots[place(of: key)]
        return slot.head == 0 ? nil : slot
    }

    /// Adds a number; false when it is there already, whatever it stands for. Only by the owner, and not when full.
    func add(_ slot: Slot) -> Bool {
        let place = place(of: slot.head & Self.keyMask)
        guard slots[place].head == 0 else { return false }
        slots[place] = slot
        used.pointee += 1
        return true
    }

    /// Adds a number or gives it another meaning. Only by the owner, and not when full.
    func set(_ slot: Slot) {
        let place = place(of: slot.head & Self.keyMask)
        if slots[place].head == 0 { used.pointee += 1 }
        slots[place] = slot
    }

    func forEach(_ body: (Slot) -> Void) {
        for place in 0..<capacity where slots[place].head != 0 { body(slots[place]) }
    }

    /// A larger copy.
    func grown(to count: Int) throws(NumberTableError) -> NumberTable {
        let larger = try NumberTable(count: count)
        forEach { _ = larger.add($0) }
        return larger
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
