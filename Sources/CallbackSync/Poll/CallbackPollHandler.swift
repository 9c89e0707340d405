import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `callbacks.poll`: finds out whether the profiles can work, and reads the requests that wait on the lists of those that poll.
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
            var reading = ListReading(situation, tenant, way: .poll, database: intake.database, health: health)
            if tenant.settings.callbackModel != .twoWay {
                try await intake.database.execute(ProfileStore.unfollowed, [tenant.id])
            }
            for profile in reading.profiles {
                // By the vendor's clock: ours may be wrong by more than a short Callback Age.
                let now = lists.serverTime ?? Date()
                guard let list = profile.listID,
                    let window = CallbackPollWindow(
                        profile, situation, now: now, mustCatchUp: before.mustCatchUp.contains(profile.id))
                else { continue }
                if window.leavesGap { warn(list, tenant) }
                try await reading.read(profile, of: list) {
                    let listing = try await connection.enreach.waitingCallbacks(list: list, createdAfter: window.start)
                    let received = listing.compactMap { ReceivedCallback($0, list: list, now: now) }.filter {
                        window.holds($0.facts.requestedAt)
                    }
                    outcome.add(try await intake.take(received, for: tenant, profiles: situation.profiles, way: .poll))
                    try await intake.database.execute(
                        ProfileStore.polled, [tenant.id, profile.id, profile.version, list, now])
                }
                try Task.checkCancellation()
            }
            try await reading.end()
            let unread = reading.failures > 0 ? ", \(reading.failures) lists could not be read" : ""
            return JobResults(outcomes: [
                job.id: .done(note: "\(outcome.seen) seen, \(outcome.new) new, \(outcome.changed) changed\(unread)")
            ])
        }
    }

    private func warn(_ list: UUID, _ tenant: TenantSituation) {
        health.logger.warning(
            "A callback list was not polled for over a month; requests made before that are not asked for",
            metadata: ["tenant": "\(tenant.name)", "list": "\(list.lowercase)"])
    }
}
