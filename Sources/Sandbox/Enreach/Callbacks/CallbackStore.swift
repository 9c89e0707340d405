import Foundation

/// The callback lists and requests of an organisation.
struct CallbackStore: Sendable {
    /// What a request for a list of them may ask for.
    struct Filter {
        var list: UUID?
        var createdAfter: Date?
        var createdBefore: Date?
        var modifiedAfter: Date?
        var modifiedBefore: Date?
        var states: Set<CallbackRecord.State> = []
    }

    var lists: [CallbackListRecord] = []
    private var items = TimeIndexedStore<CallbackRecord>(modified: \.modified, start: { $0.created }, callID: { $0.id })
    /// When each that expires does; the next one last.
    private var expiries: [(at: Date, id: UUID)] = []

    var count: Int { items.count }

    mutating func insert(_ record: CallbackRecord, visibleFrom: Date) {
        items.insert(record, visibleFrom: visibleFrom)
        guard let at = record.expires, record.state != .closed else { return }
        let place = expiries.firstIndex { $0.at <= at } ?? expiries.endIndex
        expiries.insert((at, record.id), at: place)
    }

    mutating func reserve(_ more: Int) { items.reserve(more) }

    /// Changes one and stamps it. Whoever could see it before still can. Nil: there is none, or the change was none.
    mutating func change(_ id: UUID, at instant: Date, _ body: (inout CallbackRecord) -> Bool) -> CallbackRecord? {
        guard items.records(call: id, visibleAt: .distantFuture).first != nil else { return nil }
        let wasVisible = items.records(call: id, visibleAt: instant).first != nil
        let changed = items.alter(call: id, visibleFrom: wasVisible ? .distantPast : instant) { record in
            guard body(&record) else { return false }
            record.modified = instant
            return true
        }
        return changed > 0 ? items.records(call: id, visibleAt: .distantFuture).first : nil
    }

    func record(_ id: UUID, visibleAt now: Date) -> CallbackRecord? { items.records(call: id, visibleAt: now).first }

    func records(_ filter: Filter, visibleAt now: Date) -> [CallbackRecord] {
        let found: [CallbackRecord]
        if let from = filter.modifiedAfter {
            found = items.records(modifiedFrom: from, to: filter.modifiedBefore ?? .distantFuture, visibleAt: now)
        } else {
            found = items.records(
                startedFrom: filter.createdAfter ?? .distantPast, to: filter.createdBefore ?? .distantFuture, visibleAt: now)
        }
        return found.filter { record in
            (filter.list == nil || record.listID == filter.list)
                && (filter.states.isEmpty || filter.states.contains(record.state))
                && (filter.createdAfter.map { record.created >= $0 } ?? true)
                && (filter.createdBefore.map { record.created <= $0 } ?? true)
        }
    }

    /// Closes what has expired by then; answers what it closed.
    mutating func expire(by now: Date) -> [CallbackRecord] {
        var expired: [CallbackRecord] = []
        while let next = expiries.last, next.at <= now {
            expiries.removeLast()
            let closed = change(next.id, at: next.at) { record in
                guard record.state != .closed else { return false }
                record.close("Expired", at: next.at)
                return true
            }
            if let closed { expired.append(closed) }
        }
        return expired
    }
}
