import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `callbacks.poll`: finds out whether the profiles can work, and reads the open requests of those that poll.
struct CallbackPollHandler: JobHandler {
    static let kind = CallbackJobs.poll

    let book: TenantBook
    let intake: CallbackIntake
    let health: TenantHealth
    var concurrency: Int { 4 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            let before = try await ProfileStore.read(tenant.id, from: intake.database)
            guard !before.profiles.all.isEmpty else { return JobResults(outcomes: [job.id: .done(note: "no profiles")]) }
            let lists = try await connection.enreach.callbackLists()
            let situation = try await ProfileReview(database: intake.database, health: health)
                .review(before, lists, tenant, connection)
            var outcome = CallbackIntake.Outcome()
            var polled: [CallbackProfile] = []
            for profile in situation.profiles.byList.values where situation.works(profile) {
                guard let list = profile.listID else { continue }
                // One that only hears webhooks catches up once with what came before it could.
                guard let lookBack = profile.lookBack ?? (before.mustCatchUp.contains(profile.id) ? Self.catchUp : nil) else {
                    continue
                }
                // By the vendor's clock: ours may be wrong by more than a short Callback Age.
                let now = lists.serverTime ?? Date()
                let listing = try await connection.enreach.openCallbacks(
                    list: list, createdAfter: now.addingTimeInterval(-Double(lookBack)))
                let received = listing.compactMap { ReceivedCallback($0, list: list, now: now) }
                outcome.add(try await intake.take(received, for: tenant, profiles: situation.profiles, way: .poll))
                polled.append(profile)
                try Task.checkCancellation()
            }
            try await intake.database.execute(
                ProfileStore.polled, [tenant.id, polled.map(\.id), polled.map(\.version)])
            return JobResults(outcomes: [
                job.id: .done(note: "\(outcome.seen) seen, \(outcome.new) new, \(outcome.changed) changed")
            ])
        }
    }

    /// Seconds that a profile without polling looks back when it begins to work.
    static let catchUp = 7 * 86_400
}
