package import Jobs

/// The kinds of jobs that user-sync does; docs/people.md lists them.
package enum UserSyncJobs {
    package static let queue = "user-sync"

    package static let match = "people.match"
    package static let settings = "settings.read"
    package static let probe = "dynamics.probe"

    /// Matches people at once; never twice at the same time. What is asked for while it runs is done after it.
    package static func matchNow(tenant: Int32) -> NewJob { once(match, tenant) }

    /// Reads the settings and profiles of Dynamics at once, as ``matchNow(tenant:)``.
    package static func readSettingsNow(tenant: Int32) -> NewJob { once(settings, tenant) }

    private static func once(_ kind: String, _ tenant: Int32) -> NewJob {
        NewJob(kind: kind, tenant: tenant, key: kind, coalesce: true, maxAttempts: 4, queue: queue)
    }
}

extension Job {
    /// Schedules give their jobs no key; what must not run twice at the same time is done by a job that has one.
    var isFromSchedule: Bool { key == nil }
}
