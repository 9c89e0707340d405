import FoundationEssentials

/// What a page of rows changes in the directory as it is stored. Pure, so that a page may come twice.
struct PageChange: Sendable {
    /// New or different entries.
    private(set) var put: [DirectoryEntry] = []
    /// Entries seen as they are stored.
    private(set) var unchanged: [UUID] = []
    private(set) var removed: [UUID] = []
    private(set) var numbersPut: [(entry: UUID, number: DirectoryNumber)] = []
    private(set) var numbersGone: [(entry: UUID, number: String, field: String)] = []
    /// Numbers that an entry has no more in any column.
    private(set) var lost: [(entry: UUID, number: String)] = []
    /// An entry has a number it had not.
    private(set) var gainsNumbers = false
    private(set) var inserted = 0

    /// Entries of which anything changed.
    var changed: [UUID] { put.map(\.id) + removed }
    var isEmpty: Bool { put.isEmpty && removed.isEmpty }

    /// - Parameters:
    ///   - rows: later ones count; the same row may come several times.
    ///   - stored: the entries of these ids.
    ///   - isNewLoad: a full load counts more than versions: the environment may have been taken back to an earlier state.
    init(_ rows: [DirectoryRow], stored: [UUID: DirectoryEntry], isNewLoad: Bool) {
        var latest: [UUID: DirectoryRow] = [:]
        for row in rows {
            if case .entry(let old)? = latest[row.id], case .entry(let new) = row, new.version < old.version { continue }
            latest[row.id] = row
        }
        for (id, row) in latest.sorted(by: { $0.key < $1.key }) {
            switch row {
            case .deleted: remove(id, stored[id])
            case .entry(let entry): take(entry, stored[id], isNewLoad: isNewLoad)
            }
        }
    }

    private mutating func remove(_ id: UUID, _ old: DirectoryEntry?) {
        guard let old else { return }
        removed.append(id)
        compare(old.numbers, [], of: id)
    }

    private mutating func take(_ entry: DirectoryEntry, _ old: DirectoryEntry?, isNewLoad: Bool) {
        if let old {
            if !isNewLoad, entry.version < old.version { return unchanged.append(entry.id) }
            if old.isSame(as: entry) { return unchanged.append(entry.id) }
        } else {
            inserted += 1
        }
        put.append(entry)
        compare(old?.numbers ?? [], entry.numbers, of: entry.id)
    }

    private mutating func compare(_ old: [DirectoryNumber], _ new: [DirectoryNumber], of entry: UUID) {
        if !new.isEmpty, old.isEmpty {
            numbersPut += new.map { (entry, $0) }
            gainsNumbers = true
            return
        }
        for number in new where !old.contains(number) { numbersPut.append((entry, number)) }
        for number in old where !new.contains(where: { $0.field == number.field && $0.number == number.number }) {
            numbersGone.append((entry, number.number, number.field))
        }
        let (had, has) = (Set(old.map(\.number)), Set(new.map(\.number)))
        lost += had.subtracting(has).sorted().map { (entry, $0) }
        if !has.isSubset(of: had) { gainsNumbers = true }
    }
}

extension DirectoryEntry {
    /// Whether nothing differs that is stored, but for the version.
    fileprivate func isSame(as other: DirectoryEntry) -> Bool {
        name == other.name && ownerID == other.ownerID && accountID == other.accountID && isActive == other.isActive
            && mergedInto == other.mergedInto && segment == other.segment && language == other.language
            && numbers.count == other.numbers.count && Set(numbers) == Set(other.numbers)
    }
}
