import Jobs
import Model
import Tenants

/// What `callback-sync` does of itself for each tenant.
enum CallbackSyncPlan {
    static let plan = TenantPlan(schedules: schedules, firstJobs: firstJobs)

    private static func schedules(_ tenant: TenantSituation) -> [Schedule] {
        let pace = Schedule.Slots.every(.seconds(tenant.settings.callbackPollInterval))
        return [
            Schedule(
                name: CallbackJobs.poll, tenant: tenant.id, kind: CallbackJobs.poll, slots: pace, queue: CallbackJobs.queue,
                lane: .callback, maxAttempts: 4),
            Schedule(
                name: CallbackJobs.follow, tenant: tenant.id, kind: CallbackJobs.follow, slots: pace, queue: CallbackJobs.queue,
                lane: .callback, maxAttempts: 4),
            Schedule(
                name: CallbackJobs.match, tenant: tenant.id, kind: CallbackJobs.match, slots: pace, queue: CallbackJobs.queue,
                lane: .late, maxAttempts: 4),
            Schedule(
                name: CallbackJobs.housekeeping, kind: CallbackJobs.housekeeping, slots: .every(.seconds(600)),
                queue: CallbackJobs.queue, lane: .late, maxAttempts: 4),
        ]
    }

    /// Nothing can be written before the profiles were checked.
    private static func firstJobs(_ tenant: TenantSituation) -> [NewJob] {
        [
            NewJob(
                kind: CallbackJobs.poll, tenant: tenant.id, unique: "first", lane: .callback, maxAttempts: 4,
                queue: CallbackJobs.queue)
        ]
    }
}
