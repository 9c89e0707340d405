import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres

/// `people.refresh`: reads users from Dynamics, and users' and queues' numbers from Enreach.
struct PeopleRefreshHandler: JobHandler {
    static let kind = JobKinds.people

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            let reader = PeopleReader(connection: connection, idColumn: tenant.settings.columns.personEnreachID)
            let people = try await reader.people()
            health.well(tenant.name, .dynamics)
            // An environment always has users: without any this is somebody else's trouble, not news.
            guard !people.isEmpty else {
                let error = DynamicsError(.refused, "The environment shows no users: check the application user's role.")
                return JobResults(outcomes: [job.id: noUsers(job, health.failed(tenant.name, error))])
            }
            let numbers = try await reader.ownNumbers()
            let id = tenant.id
            return JobResults(
                outcomes: [job.id: .done(note: "\(people.count) people, \(numbers.count) numbers")],
                effects: [{ connection in _ = try await PeopleStore.replace(people, numbers, tenant: id, on: connection) }])
        }
    }

    /// An environment that is being set up shows its users in a moment, and all calls wait for them.
    private func noUsers(_ job: Job, _ outcome: JobOutcome) -> JobOutcome {
        guard case .retry(_, let failure) = outcome, Date().timeIntervalSince(job.enqueuedAt) < 2 else { return outcome }
        return .retry(after: .seconds(2), failure)
    }
}
