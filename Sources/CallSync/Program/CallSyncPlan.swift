import Jobs
import Model
import Tenants

/// What `call-sync` does of itself for each tenant.
enum CallSyncPlan {
    static let plan = TenantPlan(schedules: schedules, firstJobs: firstJobs)

    private static func schedules(_ tenant: TenantSituation) -> [Schedule] {
        [
            Schedule(
                name: JobKinds.poll, tenant: tenant.id, kind: JobKinds.poll,
                slots: .every(.seconds(tenant.settings.pollInterval)),
                queue: JobKinds.queue, maxAttempts: 4),
            Schedule(
                name: JobKinds.people, tenant: tenant.id, kind: JobKinds.people,
                slots: .every(.seconds(tenant.settings.peopleInterval)), queue: JobKinds.queue, maxAttempts: 4),
            Schedule(
                name: JobKinds.housekeeping, kind: JobKinds.housekeeping, slots: .every(.seconds(3600)), queue: JobKinds.queue,
                maxAttempts: 4),
        ]
    }

    /// Owners can't be told before people were read.
    private static func firstJobs(_ tenant: TenantSituation) -> [NewJob] {
        guard !tenant.peopleAreKnown else { return [] }
        return [NewJob(kind: JobKinds.people, tenant: tenant.id, unique: "first", maxAttempts: 4, queue: JobKinds.queue)]
    }
}
