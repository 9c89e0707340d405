import Foundation

/// Records found by modification time, by start and by call id without looking at the others.
struct TimeIndexedStore<Record: Sendable>: Sendable {
    private struct Stored {
        var record: Record
        /// Shown to nobody before.
        var visibleFrom: Date
    }

    private struct Entry {
        var time: Double
        var slot: Int
    }

    private var stored: [Stored] = []
    private var byModified: [Entry] = []
    private var byStart: [Entry] = []
    private var byCall: [UUID: [Int]] = [:]
    private let modified: @Sendable (Record) -> Date
    private let start: @Sendable (Record) -> Date?
    private let callID: @Sendable (Record) -> UUID?

    init(
        modified: @escaping @Sendable (Record) -> Date, start: @escaping @Sendable (Record) -> Date?,
        callID: @escaping @Sendable (Record) -> UUID?
    ) {
        self.modified = modified
        self.start = start
        self.callID = callID
    }

    var count: Int { stored.count }

    mutating func reserve(_ more: Int) {
        stored.reserveCapacity(stored.count + more)
        byModified.reserveCapacity(byModified.count + more)
        byStart.reserveCapacity(byStart.count + more)
        byCall.reserveCapacity(byCall.count + more)
    }

    mutating func insert(_ record: Record, visibleFrom: Date) {
        let slot = stored.count
        stored.append(Stored(record: record, visibleFrom: visibleFrom))
        Self.insert(Entry(time: modified(record).timeIntervalSince1970, slot: slot), into: &byModified)
        if let start = start(record) {
            Self.insert(Entry(time: start.timeIntervalSince1970, slot: slot), into: &byStart)
        }
        if let call = callID(record) { byCall[call, default: []].append(slot) }
    }

    /// Changes the records of a call that fit. The body also gives the new modification time and when it shows.
    mutating func alter(call: UUID, visibleFrom: Date, _ change: (inout Record) -> Bool) -> Int {
        var changed = 0
        for slot in byCall[call] ?? [] {
            let old = stored[slot].record
            guard change(&stored[slot].record) else { continue }
            stored[slot].visibleFrom = visibleFrom
            changed += 1
            Self.remove(Entry(time: modified(old).timeIntervalSince1970, slot: slot), from: &byModified)
            Self.insert(Entry(time: modified(stored[slot].record).timeIntervalSince1970, slot: slot), into: &byModified)
            guard start(old) != start(stored[slot].record) else { continue }
            if let start = start(old) {
                Self.remove(Entry(time: start.timeIntervalSince1970, slot: slot), from: &byStart)
            }
            if let start = start(stored[slot].record) {
                Self.insert(Entry(time: start.timeIntervalSince1970, slot: slot), into: &byStart)
            }
        }
        return changed
    }

    func records(call: UUID, visibleAt now: Date) -> [Record] {
        (byCall[call] ?? []).filter { stored[$0].visibleFrom <= now }.map { stored[$0].record }
    }

    func records(modifiedFrom: Date, to: Date, visibleAt now: Date) -> [Record] {
        visible(byModified, from: modifiedFrom, to: to, now: now)
    }

    func records(startedFrom: Date, to: Date, visibleAt now: Date) -> [Record] {
        visible(byStart, from: startedFrom, to: to, now: now)
    }

    /// Both ends belong to the range.
    private func visible(_ index: [Entry], from: Date, to: Date, now: Date) -> [Record] {
        let first = Self.lower(index, from.timeIntervalSince1970)
        let end = to.timeIntervalSince1970
        var found: [Record] = []
        var position = first
        while position < index.count, index[position].time <= end {
            let item = stored[index[position].slot]
            if item.visibleFrom <= now { found.append(item.record) }
            position += 1
        }
        return found
    }

    /// The first position whose time is not less.
    private static func lower(_ index: [Entry], _ time: Double) -> Int {
        var low = 0
        var high = index.count
        while low < high {
            let middle = (low + high) / 2
            if index[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func insert(_ entry: Entry, into index: inout [Entry]) {
        if let last = index.last, last.time > entry.time {
            index.insert(entry, at: lower(index, entry.time))
        } else {
            index.append(entry)
        }
    }

    private static func remove(_ entry: Entry, from index: inout [Entry]) {
        var position = lower(index, entry.time)
        while position < index.count, index[position].time == entry.time {
            if index[position].slot == entry.slot {
                index.remove(at: position)
                return
            }
            position += 1
        }
    }
}
