package import Jobs

/// What a program does of itself for each tenant that is switched on.
package struct TenantPlan: Sendable {
    /// What is to be done again and again; looked at every few seconds, and kept in the database when it has changed.
    package let schedules: @Sendable (TenantSituation) -> [Schedule]
    /// What is to be done at once when the schedules are first kept, or changed.
    package let firstJobs: @Sendable (TenantSituation) -> [NewJob]

    package init(
        schedules: @escaping @Sendable (TenantSituation) -> [Schedule],
        firstJobs: @escaping @Sendable (TenantSituation) -> [NewJob] = { _ in [] }
    ) {
        self.schedules = schedules
        self.firstJobs = firstJobs
    }
}
