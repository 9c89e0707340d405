import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `callbacks.read`: looks at what webhooks of one list told. However many there are, few requests: each item by itself while they are
/// few, else all that changed since the oldest of them. Those that name no list, or something that is none, are looked at item by item, and
/// what the API says of each item's list counts.
struct ReadCallbacksHandler: JobHandler {
    static let kind = CallbackJobs.read

    let book: TenantBook
    let intake: CallbackIntake
    let health: TenantHealth
    var concurrency: Int { 8 }

    static let few = 5
    /// Items that one job looks at by themselves; the rest is the next one's.
    static let most = 100
    /// An item that the API never shows is given up after this; polling is left to find it.
    static let patience: TimeInterval = 600

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        let list = job.callbackPayload.list.flatMap(UUID.init(uuidString:))
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            try await intake.database.execute(WebhookEventStore.settleKnown, [tenant.id, list])
            let events = try await WebhookEventStore.waiting(list: list, tenant: tenant.id, on: intake.database)
            guard !events.isEmpty else { return JobResults(outcomes: [job.id: .done(note: "nothing waits")]) }
            let profiles = try await ProfileStore.read(tenant.id, from: intake.database).profiles
            let listed = list.flatMap { profiles.profile(list: $0) == nil ? nil : $0 }
            var look = Look(events: events, list: list, profiled: listed)
            // What is no list at all is no reason to leave the requests alone that the events name.
            if let list, listed == nil, !look.wanted.isEmpty,
                try await connection.enreach.callbackLists().contains(where: { $0.id == list })
            {
                look = Look(nobodys: events, list: list)
            }
            let shown = try await read(look, connection)
            let read = shown.filter { listed != nil || profiles.profile(list: $0.facts.listID) != nil }
            _ = try await intake.take(read, for: tenant, profiles: profiles, way: look.told)
            return results(job, look, shown: Set(shown.map(\.facts.id)), taken: Set(read.map(\.facts.id)), tenant.id)
        }
    }

    /// What one job looks at.
    private struct Look {
        /// The list that the events name; nil: none.
        let list: UUID?
        /// The same, where a profile takes it: all that changed on it can be read.
        let profiled: UUID?
        /// Events that this job settles, or looks at in vain.
        var events: [WebhookEventStore.Event]
        /// Those that no profile takes.
        var nobodys: [WebhookEventStore.Event] = []
        /// The next job's.
        var rest: [WebhookEventStore.Event] = []
        /// Items that the events name.
        var wanted: Set<UUID> = []
        /// They are read by what changed on the list, not each by itself.
        let isListed: Bool

        init(events all: [WebhookEventStore.Event], list: UUID?, profiled: UUID?) {
            (self.list, self.profiled) = (list, profiled)
            let named = Set(all.compactMap(\.callback))
            isListed = profiled != nil && (named.count > ReadCallbacksHandler.few || all.contains { $0.callback == nil })
            events = []
            for event in all {
                if let callback = event.callback {
                    guard isListed || wanted.contains(callback) || wanted.count < ReadCallbacksHandler.most else {
                        rest.append(event)
                        continue
                    }
                    wanted.insert(callback)
                } else if profiled == nil {
                    nobodys.append(event)
                    continue
                }
                events.append(event)
            }
        }

        /// When webhooks told of what.
        var told: CallbackIntake.Way {
            let named = events.compactMap { event in event.callback.map { ($0, event.receivedAt) } }
            // Of a list's requests any may be meant by an event that names none.
            let others = events.filter { $0.callback == nil }.map(\.receivedAt).min() ?? events.map(\.receivedAt).max() ?? Date()
            return .webhook(Dictionary(named, uniquingKeysWith: min), others: others)
        }

        /// Of a list that no profile takes.
        init(nobodys: [WebhookEventStore.Event], list: UUID) {
            (self.list, profiled, events, self.nobodys, isListed) = (list, nil, [], nobodys, false)
        }
    }

    private func read(_ look: Look, _ connection: TenantConnection) async throws -> [ReceivedCallback] {
        let now = Date()
        if look.isListed, let list = look.profiled {
            let oldest = look.events.map(\.at).min() ?? now
            let listing = try await connection.enreach.callbacks(list: list, modifiedAfter: oldest.addingTimeInterval(-60))
            return listing.compactMap { ReceivedCallback($0, list: list, now: now) }
        }
        var read: [ReceivedCallback] = []
        var failures = 0
        // In another order each time: no two that fail stand before the others for good.
        for id in look.wanted.shuffled() {
            do {
                guard let request = try await connection.enreach.callback(id: id) else { continue }
                if let received = ReceivedCallback(request, list: look.profiled, now: now) { read.append(received) }
            } catch let error as EnreachError {
                // One that can't be read is like one that is not shown; it holds up no other.
                if case .all = ListFailure(error) { throw error }
                failures += 1
                if read.isEmpty, failures > 1, error.isTransient { throw error }
            }
        }
        return read
    }

    /// Events whose item was shown are done; for the others the look is repeated for a while.
    ///
    /// - Parameters:
    ///   - shown: requests that the API showed.
    ///   - taken: those among them that a profile takes.
    private func results(_ job: Job, _ look: Look, shown: Set<UUID>, taken: Set<UUID>, _ tenant: Int32) -> JobResults {
        let now = Date()
        let isShown = { (event: WebhookEventStore.Event) in event.callback.map(shown.contains) ?? true }
        let isTaken = { (event: WebhookEventStore.Event) in event.callback.map(taken.contains) ?? true }
        let isOver = { (event: WebhookEventStore.Event) in now.timeIntervalSince(event.receivedAt) > Self.patience }
        let there = look.events.filter(isShown)
        let missing = look.events.filter { !isShown($0) }
        let (given, awaited) = (missing.filter(isOver), missing.filter { !isOver($0) })
        var effects = [
            Self.settle(there.filter(isTaken), "read", tenant),
            Self.settle(there.filter { !isTaken($0) } + look.nobodys, "no_profile", tenant),
            Self.settle(given, "not_shown", tenant),
        ].compactMap(\.self)
        if !awaited.isEmpty {
            let ids = awaited.map(\.id)
            effects.append { connection in try await connection.execute(WebhookEventStore.missed, [tenant, ids]) }
        }
        if !awaited.isEmpty || !look.rest.isEmpty {
            // A job of its own, so that what comes meanwhile is not kept waiting.
            var again = EventLook.callbacks(list: look.list, tenant: tenant)
            // What nobody looked at yet, or what is to be given up, does not wait.
            if look.rest.allSatisfy({ $0.wasMissed && !isOver($0) }) {
                let youngest = awaited.map(\.receivedAt).max() ?? now
                let due = Self.nextLook(after: now, waited: now.timeIntervalSince(youngest))
                again.runAt = due
                // Whoever else waits for the list looks with us: jobs that are put off are not superseded.
                again.unique = "\(look.list?.lowercase ?? "")/\(Int(due.timeIntervalSince1970))"
            }
            let queue = JobQueue(database: intake.database)
            effects.append { [again] connection in _ = try await queue.enqueue([again], on: connection) }
        }
        let left = look.rest.isEmpty ? "" : ", \(look.rest.count) left to the next"
        let note =
            look.events.isEmpty && look.rest.isEmpty
            ? "no profile takes the list"
            : "\(taken.count) read, \(awaited.count) not shown yet, \(given.count) never shown\(left)"
        return JobResults(outcomes: [job.id: .done(note: note)], effects: effects)
    }

    /// When what is not shown is looked for once more: after half the time that it was waited for, 1 s to 30 s. On moments that all share who
    /// wait about as long, multiples of a power of two in seconds.
    static func nextLook(after now: Date, waited: TimeInterval) -> Date {
        let wait = min(30, max(1, waited / 2))
        let step = [16.0, 8, 4, 2].first { $0 <= wait } ?? 1
        return Date(timeIntervalSince1970: ((now.timeIntervalSince1970 + wait) / step).rounded(.up) * step)
    }

    /// Nil: there is nothing to settle.
    private static func settle(
        _ events: [WebhookEventStore.Event], _ outcome: String, _ tenant: Int32
    ) -> (@Sendable (Connection) async throws -> Void)? {
        guard !events.isEmpty else { return nil }
        let ids = events.map(\.id)
        return { connection in try await connection.execute(WebhookEventStore.handled, [tenant, ids, outcome]) }
    }
}
