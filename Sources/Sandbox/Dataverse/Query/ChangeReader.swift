/// One page of a tracked read.
struct ChangePage {
    var rows: [StoredRow] = []
    var deleted: [Guid] = []
    /// The row version up to which the pages together tell everything.
    var version: Int64
    var next: PagingCookie?
}

/// Reads a table for a client that wants to hear of changes later, and then the changes. The version the first page saw
/// holds for all pages: what changes while they are read comes with the next delta.
struct ChangeReader {
    let store: Store
    let table: TableStore

    /// All rows in the order of creation.
    func everything(_ cookie: PagingCookie?, size: Int) -> ChangePage {
        var page = ChangePage(version: cookie?.version ?? store.version)
        var last: Int32 = 0
        let start = cookie.map { ($0.place ?? table.slot($0.last) ?? -1) + 1 } ?? 0
        for slot in table.slots.clamped(to: start..<Int32.max) {
            guard let row = table.row(at: slot) else { continue }
            if page.rows.count == size {
                page.next = next(after: cookie, first: page.rows[0].id, last: page.rows[size - 1].id, page.version)
                page.next?.place = last
                break
            }
            page.rows.append(row)
            last = slot
        }
        return page
    }

    /// New and changed rows by version, then deletions by version.
    func changes(since version: Int64, _ cookie: PagingCookie?, size: Int) -> ChangePage {
        var page = ChangePage(version: cookie?.version ?? store.version)
        let inDeletions = cookie?.inDeletions ?? false
        var position = cookie?.after ?? version
        if !inDeletions {
            let slots = table.slots(changedAfter: position, upTo: page.version)
            page.rows = slots.prefix(size).compactMap { table.row(at: $0) }
            if slots.count > size, let first = page.rows.first, let last = page.rows.last {
                page.next = next(after: cookie, first: first.id, last: last.id, page.version)
                page.next?.after = last.version
                return page
            }
            position = version
        }
        let deletions = self.deletions(after: position, upTo: page.version)
        let room = size - page.rows.count
        page.deleted = deletions.prefix(room).map(\.id)
        if deletions.count > room, let first = page.rows.first?.id ?? page.deleted.first,
            let last = page.deleted.last ?? page.rows.last?.id
        {
            page.next = next(after: cookie, first: first, last: last, page.version)
            page.next?.after = room > 0 ? deletions[room - 1].version : position
            page.next?.inDeletions = true
        }
        return page
    }

    func count(since version: Int64) -> Int {
        table.slots(changedAfter: version, upTo: store.version).count + deletions(after: version, upTo: store.version).count
    }

    /// Rows that came back under their old id count as rows.
    private func deletions(after version: Int64, upTo last: Int64) -> [(id: Guid, version: Int64)] {
        var deletions: [(id: Guid, version: Int64)] = []
        for deletion in table.deletions.reversed() {
            if deletion.version <= version { break }
            if deletion.version <= last, table.slot(deletion.id) == nil { deletions.append(deletion) }
        }
        return deletions.reversed()
    }

    private func next(after cookie: PagingCookie?, first: Guid, last: Guid, _ version: Int64) -> PagingCookie {
        var next = PagingCookie(page: (cookie?.page ?? 1) + 1, first: first, last: last)
        next.tracking = true
        next.version = version
        return next
    }
}
