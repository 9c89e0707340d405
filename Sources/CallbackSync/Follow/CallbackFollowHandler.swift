import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants

/// `callbacks.follow`: reads which phone calls of requests ended in Dynamics and, in the two-way model, which requests changed in Enreach, so
/// that the other side can follow. Looks at open phone calls in turn, too: nothing else tells that one was deleted.
struct CallbackFollowHandler: JobHandler {
    static let kind = CallbackJobs.follow

    let book: TenantBook
    let intake: CallbackIntake
    let health: TenantHealth
    var concurrency: Int { 4 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .dynamics) { tenant, connection in
            let situation = try await ProfileStore.read(tenant.id, from: intake.database)
            guard !situation.profiles.all.isEmpty else { return JobResults(outcomes: [job.id: .done(note: "no profiles")]) }
            let records = FollowedRecords(tenant: tenant, connection: connection, intake: intake)
            let ended = try await records.changed() + records.turn()
            if tenant.settings.callbackModel == .twoWay {
                try await FollowedRequests(
                    tenant: tenant, connection: connection, intake: intake, situation: situation, health: health
                ).follow()
            }
            return JobResults(outcomes: [job.id: .done(note: "\(ended) phone calls ended")])
        }
    }
}
