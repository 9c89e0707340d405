import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `people.refresh`: reads users from Dynamics, and users' and queues' numbers from Enreach.
struct PeopleRefreshHandler: JobHandler {
    static let kind = JobKinds.people

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    var concurrency: Int { 2 }

    /// Whether user-sync matched people a short while ago: then they are known better than by this reading.
    static let isLeftToUserSync = Statement(
        "people_left_to_user_sync",
        """
        SELECT coalesce(people_matched_at > now() - make_interval(secs => 2 * $2::double precision + 30), false)
        FROM hub.tenant WHERE tenant_id = $1
        """)

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            if try await isLeftToUserSync(tenant) { return JobResults(outcomes: [job.id: .done(note: "left to user-sync")]) }
            let reader = PeopleReader(
                connection: connection, idColumn: tenant.settings.columns.personEnreachID, numbers: tenant.numbers)
            let people = try await reader.people()
            health.well(tenant.name, .dynamics)
            // An environment always has users: without any this is somebody else's trouble, not news.
            guard !people.isEmpty else {
                let error = DynamicsError(.refused, "The environment shows no users: check the application user's role.")
                return JobResults(outcomes: [job.id: noUsers(job, health.failed(tenant.name, error))])
            }
            let numbers = try await reader.ownNumbers()
            let (id, erasures) = (tenant.id, tenant.erasures)
            return JobResults(
                outcomes: [job.id: .done(note: "\(people.count) people, \(numbers.count) numbers")],
                effects: [
                    { connection in
                        _ = try await PeopleStore.replace(people, numbers, tenant: id, erasures: erasures, on: connection)
                    }
                ])
        }
    }

    private func isLeftToUserSync(_ tenant: TenantSituation) async throws -> Bool {
        try await database.query(Self.isLeftToUserSync, [tenant.id, Double(tenant.settings.peopleInterval)]).first?[0].decode(
            Bool.self) ?? false
    }

    /// An environment that is being set up shows its users in a moment, and all calls wait for them.
    private func noUsers(_ job: Job, _ outcome: JobOutcome) -> JobOutcome {
        guard case .retry(_, let failure) = outcome, Date().timeIntervalSince(job.enqueuedAt) < 2 else { return outcome }
        return .retry(after: .seconds(2), failure)
    }
}
