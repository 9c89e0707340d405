import Enreach
import Jobs
import Model
import Tenants

/// `callbacks.check`: looks at profiles that somebody changed, so that requests go by them within seconds; has those lists read that a changed
/// profile may have to take in.
///
/// A kind of its own: a poll that is busy with a long list must not keep a change waiting.
struct ProfileCheckHandler: JobHandler {
    static let kind = CallbackJobs.check

    let book: TenantBook
    let intake: CallbackIntake
    let health: TenantHealth
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            let before = try await ProfileStore.read(tenant.id, from: intake.database)
            guard !before.profiles.all.isEmpty else { return JobResults(outcomes: [job.id: .done(note: "no profiles")]) }
            let lists = try await connection.enreach.callbackLists()
            let situation = try await ProfileReview(database: intake.database, health: health)
                .review(before, lists, tenant, connection)
            let changed = situation.profiles.byList.values.filter {
                situation.works($0) && before.mustCatchUp.contains($0.id)
            }
            let (queue, poll) = (intake.queue, CallbackJobs.pollNow(tenant: tenant.id))
            return JobResults(
                outcomes: [job.id: .done(note: "\(situation.checked.count) looked at, \(changed.count) to be read")],
                effects: changed.isEmpty ? [] : [{ connection in _ = try await queue.enqueue([poll], on: connection) }])
        }
    }
}
