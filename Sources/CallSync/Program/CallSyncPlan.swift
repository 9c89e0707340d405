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
            sweep(JobKinds.sweep, tenant, every: tenant.settings.sweepInterval, hours: tenant.settings.sweepLookBack),
            sweep("\(JobKinds.sweep).daily", tenant, every: 86_400, hours: tenant.settings.dailySweepLookBack),
            Schedule(
                name: JobKinds.people, tenant: tenant.id, kind: JobKinds.people,
                slots: .every(.seconds(tenant.settings.peopleInterval)), queue: JobKinds.queue, maxAttempts: 4),
            Schedule(
                name: JobKinds.housekeeping, kind: JobKinds.housekeeping, slots: .every(.seconds(3600)), queue: JobKinds.queue,
                maxAttempts: 4),
        ]
    }

    private static func sweep(_ name: String, _ tenant: TenantSituation, every seconds: Int, hours: Int) -> Schedule {
        Schedule(
            name: name, tenant: tenant.id, kind: JobKinds.sweep, slots: .every(.seconds(seconds)),
            payload: JSONBText.sweep(hours: hours), queue: JobKinds.queue, lane: .late, maxAttempts: 4)
    }

    /// Owners can't be told before people were read.
    private static func firstJobs(_ tenant: TenantSituation) -> [NewJob] {
        guard !tenant.peopleAreKnown else { return [] }
        return [NewJob(kind: JobKinds.people, tenant: tenant.id, unique: "first", maxAttempts: 4, queue: JobKinds.queue)]
    }
}
