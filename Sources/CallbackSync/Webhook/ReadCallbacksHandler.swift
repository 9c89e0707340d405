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
            var listed = list
            if let list, profiles.profile(list: list) == nil {
                // What is no list at all is no reason to leave the requests alone that the events name.
                guard try await connection.enreach.callbackLists().allSatisfy({ $0.id != list }) else {
                    return JobResults(
                        outcomes: [job.id: .done(note: "no profile takes the list")],
                        effects: [Self.settle(events, "no_profile", tenant.id)])
                }
                listed = nil
            }
            let shown = try await read(events, listed, connection)
            let read = shown.filter { listed != nil || profiles.profile(list: $0.facts.listID) != nil }
            let first = events.map(\.receivedAt).min() ?? Date()
            _ = try await intake.take(read, for: tenant, profiles: profiles, way: .webhook(first))
            return results(
                job, events, list, shown: Set(shown.map(\.facts.id)), taken: Set(read.map(\.facts.id)), tenant.id)
        }
    }

    private func read(
        _ events: [WebhookEventStore.Event], _ list: UUID?, _ connection: TenantConnection
    ) async throws -> [ReceivedCallback] {
        let wanted = Set(events.compactMap(\.callback))
        let now = Date()
        let oldest = events.map(\.at).min() ?? now
        if let list, wanted.count > Self.few || wanted.isEmpty {
            let listing = try await connection.enreach.callbacks(list: list, modifiedAfter: oldest.addingTimeInterval(-60))
            return listing.compactMap { ReceivedCallback($0, list: list, now: now) }
        }
        var read: [ReceivedCallback] = []
        for id in wanted {
            guard let request = try await connection.enreach.callback(id: id) else { continue }
            if let received = ReceivedCallback(request, list: list, now: now) { read.append(received) }
        }
        return read
    }

    /// Events whose item was shown are done; for the others the look is repeated for a while.
    ///
    /// - Parameters:
    ///   - shown: requests that the API showed.
    ///   - taken: those among them that a profile takes.
    private func results(
        _ job: Job, _ events: [WebhookEventStore.Event], _ list: UUID?, shown: Set<UUID>, taken: Set<UUID>, _ tenant: Int32
    ) -> JobResults {
        let missing = events.filter { event in event.callback.map { !shown.contains($0) } ?? false }
        let missingIDs = Set(missing.map(\.id))
        let given = missing.filter { Date().timeIntervalSince($0.receivedAt) > Self.patience }
        let there = events.filter { !missingIDs.contains($0.id) }
        let seen = there.filter { $0.callback.map(taken.contains) ?? true }
        let left = there.filter { $0.callback.map { !taken.contains($0) } ?? false }
        var effects: [@Sendable (Connection) async throws -> Void] = []
        if !seen.isEmpty { effects.append(Self.settle(seen, "read", tenant)) }
        if !left.isEmpty { effects.append(Self.settle(left, "no_profile", tenant)) }
        if !given.isEmpty { effects.append(Self.settle(given, "not_shown", tenant)) }
        let awaited = missing.count - given.count
        if awaited > 0 {
            // A job of its own, so that what comes meanwhile is not kept waiting.
            let youngest = missing.map(\.receivedAt).max() ?? Date()
            let wait = min(30, max(1, Date().timeIntervalSince(youngest) / 2))
            var again = EventLook.callbacks(list: list, tenant: tenant)
            again.runAt = Date().addingTimeInterval(wait)
            let queue = JobQueue(database: intake.database)
            effects.append { [again] connection in _ = try await queue.enqueue([again], on: connection) }
        }
        let note = "\(taken.count) read, \(awaited) not shown yet, \(given.count) never shown"
        return JobResults(outcomes: [job.id: .done(note: note)], effects: effects)
    }

    private static func settle(
        _ events: [WebhookEventStore.Event], _ outcome: String, _ tenant: Int32
    ) -> @Sendable (Connection) async throws -> Void {
        let ids = events.map(\.id)
        return { connection in try await connection.execute(WebhookEventStore.handled, [tenant, ids, outcome]) }
    }
}
