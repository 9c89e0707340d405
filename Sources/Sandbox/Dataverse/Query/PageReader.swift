/// One page of a query.
struct Page {
    var rows: [StoredRow] = []
    /// All rows that match; only when they were to be counted.
    var total = 0
    /// Where the next page begins; nil on the last.
    var next: PagingCookie?
}

/// Finds the rows of a page. Without an order it reads on from where the last page ended, so that a page of a big table
/// costs no more than one of a small table.
struct PageReader {
    let store: Store
    let table: TableStore

    func page(_ options: QueryOptions, _ preferences: Preferences) throws(WebError) -> Page {
        guard options.order.isEmpty else {
            let evaluation = FilterEvaluation(store: store)
            let matching = slots(options).compactMap { match($0, options, evaluation) }
            var rows = RowOrder(options.order, evaluation: evaluation, table: table).sorted(Array(matching))
            let total = rows.count
            if preferences.maxPageSize == nil, let top = options.top { rows = Array(rows.prefix(top)) }
            var page = try page(rows, options, preferences)
            page.total = total
            return page
        }
        let size = preferences.maxPageSize ?? min(5000, options.top ?? 5000)
        let cookie = try cookie(options)
        let start = cookie.map { ($0.place ?? table.slot($0.last) ?? -1) + 1 } ?? 0
        var page = Page()
        var last = start
        let evaluation = FilterEvaluation(store: store)
        for slot in slots(options, from: start) {
            guard let row = match(slot, options, evaluation) else { continue }
            if page.rows.count == size {
                guard preferences.maxPageSize != nil || options.top == nil, let first = page.rows.first?.id,
                    let end = page.rows.last?.id
                else { break }
                page.next = PagingCookie(page: (cookie?.page ?? 1) + 1, first: first, last: end, place: last)
                break
            }
            page.rows.append(row)
            last = slot
        }
        if options.count { page.total = count(options) }
        return page
    }

    /// A page of rows that are in order already.
    func page(_ rows: [StoredRow], _ options: QueryOptions, _ preferences: Preferences) throws(WebError) -> Page {
        let size = preferences.maxPageSize ?? options.top ?? 5000
        let cookie = try cookie(options)
        var start = 0
        if let cookie {
            start = rows.firstIndex { $0.id == cookie.last }.map { $0 + 1 } ?? min((cookie.page - 1) * size, rows.count)
        }
        var page = Page(rows: Array(rows[start..<min(start + size, rows.count)]), total: rows.count)
        if start + size < rows.count, preferences.maxPageSize != nil || options.top == nil, let first = page.rows.first,
            let last = page.rows.last
        {
            page.next = PagingCookie(page: (cookie?.page ?? 1) + 1, first: first.id, last: last.id)
        }
        return page
    }

    /// How many rows match; beyond 5,000 nobody is told, so it stops one later.
    func count(_ options: QueryOptions) -> Int {
        guard options.filter != nil else { return table.count }
        let evaluation = FilterEvaluation(store: store)
        var count = 0
        for slot in slots(options) where match(slot, options, evaluation) != nil {
            count += 1
            if count > 5000 { break }
        }
        return count
    }

    private func cookie(_ options: QueryOptions) throws(WebError) -> PagingCookie? {
        guard let token = options.skipToken else { return nil }
        guard let cookie = PagingCookie(token) else { throw .url("Malformed XML in $skiptoken.") }
        return cookie
    }

    /// Places worth looking at, in order.
    private func slots(_ options: QueryOptions, from start: Int32 = 0) -> Slots {
        guard let filter = options.filter,
            let candidates = FilterEvaluation(store: store).candidates(filter, in: table)
        else { return .all(table.slots.clamped(to: start..<Int32.max)) }
        return .some(candidates.filter { $0 >= start }.sorted())
    }

    private func match(_ slot: Int32, _ options: QueryOptions, _ evaluation: FilterEvaluation) -> StoredRow? {
        guard let row = table.row(at: slot) else { return nil }
        guard let filter = options.filter else { return row }
        return evaluation.matches(filter, row, in: table) ? row : nil
    }
}

/// Places in ascending order: a few of them or all.
private enum Slots: Sequence {
    case all(Range<Int32>)
    case some([Int32])

    func makeIterator() -> AnyIterator<Int32> {
        switch self {
        case .all(let range): AnyIterator(range.makeIterator())
        case .some(let slots): AnyIterator(slots.makeIterator())
        }
    }
}
