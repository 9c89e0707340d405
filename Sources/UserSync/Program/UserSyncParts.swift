package import FoundationEssentials
package import Jobs
package import Logging
import Model
package import Postgres
package import Tenants

/// What a part of `user-sync` is made from.
package struct UserSyncGround: Sendable {
    package let database: Database
    package let queue: JobQueue
    package let book: TenantBook
    package let health: TenantHealth
    package let instance: UUID
    package let logger: Logger
}

/// A part of `user-sync`: what it does, when, and what of Dynamics' webhooks concerns it.
package struct UserSyncPart: Sendable {
    package let handlers: @Sendable (UserSyncGround) -> [any JobHandler]
    package let plan: TenantPlan
    /// Jobs for a webhook of Dynamics that says that a row of a table changed; the table's logical name comes first.
    package let hints: @Sendable (_ table: String, TenantSituation) -> [NewJob]

    package init(
        handlers: @escaping @Sendable (UserSyncGround) -> [any JobHandler], plan: TenantPlan,
        hints: @escaping @Sendable (String, TenantSituation) -> [NewJob] = { _, _ in [] }
    ) {
        self.handlers = handlers
        self.plan = plan
        self.hints = hints
    }
}

/// The parts, in the order in which their first jobs are enqueued. A new part is added here and nowhere else.
package enum UserSyncParts {
    package static let all: [UserSyncPart] = [people, settings, directory]
}

extension UserSyncParts {
    static let people = UserSyncPart(
        handlers: { [PeopleMatchHandler(ground: $0)] },
        plan: TenantPlan(
            schedules: { tenant in
                [
                    Schedule(
                        name: UserSyncJobs.match, tenant: tenant.id, kind: UserSyncJobs.match,
                        slots: .every(.seconds(tenant.settings.peopleInterval)), queue: UserSyncJobs.queue, maxAttempts: 4)
                ]
            }, firstJobs: { [UserSyncJobs.matchNow(tenant: $0.id)] }),
        hints: { table, tenant in
            // A role comes to a user by an association, with the user's own or with a team's; which one, not every body tells.
            ["systemuser", "systemuserroles", "teamroles", "teammembership", "none", ""].contains(table)
                ? [UserSyncJobs.matchNow(tenant: tenant.id)] : []
        })

    static let settings = UserSyncPart(
        handlers: { [SettingReadHandler(ground: $0), ProbeHandler(ground: $0)] },
        plan: TenantPlan(
            schedules: { tenant in
                [
                    Schedule(
                        name: UserSyncJobs.settings, tenant: tenant.id, kind: UserSyncJobs.settings,
                        slots: .every(.seconds(tenant.settings.settingInterval)), queue: UserSyncJobs.queue, maxAttempts: 2),
                    Schedule(
                        name: UserSyncJobs.probe, tenant: tenant.id, kind: UserSyncJobs.probe, slots: .every(.seconds(900)),
                        queue: UserSyncJobs.queue, maxAttempts: 2),
                ]
            },
            firstJobs: { tenant in
                [
                    NewJob(
                        kind: UserSyncJobs.probe, tenant: tenant.id, unique: "first", maxAttempts: 4, queue: UserSyncJobs.queue)
                ]
            }),
        hints: { table, tenant in
            let solution = tenant.settings.solution
            return [solution.settingTable, solution.profileTable].contains(table)
                ? [UserSyncJobs.readSettingsNow(tenant: tenant.id)] : []
        })

    static let directory = UserSyncPart(
        handlers: { DirectoryPlan.handlers(database: $0.database, book: $0.book, health: $0.health) },
        plan: TenantPlan(schedules: { DirectoryPlan.schedules($0) }, firstJobs: { DirectoryPlan.jobs($0) }),
        hints: { table, tenant in
            ["contact", "account", "lead"].contains(table) ? DirectoryPlan.jobs(tenant) : []
        })
}
