import Model
package import Postgres

/// Retention of what no program has for itself; whichever keeps house does it, and doing it twice does no harm.
package enum SharedRetention {
    static let history = Statement("retention_history", "SELECT hub.count_history()")
    static let jobs = Statement("retention_jobs", "SELECT count(*) FROM hub.job_partitions($1)")
    static let deadJobs = Statement("retention_dead_jobs", "SELECT hub.forget_dead_jobs($1, make_interval(days => $2), 1000)")
    static let actions = Statement("retention_actions", "SELECT hub.forget_actions($1, make_interval(months => $2))")
    /// The timeline names instances, so their rows stay for as long as people may ask.
    static let instances = Statement(
        "retention_instances", "DELETE FROM hub.instance WHERE seen_at < now() - make_interval(days => $1)")
    static let ambiguity = Statement(
        "retention_ambiguity",
        "DELETE FROM hub.directory_ambiguity WHERE tenant_id = $1 AND last_at < now() - make_interval(days => $2)")
    package static let statements = [history, jobs, deadJobs, actions, instances, ambiguity]

    package static func apply(_ tenants: [TenantSituation], on database: Database) async throws {
        let standard = Settings()
        func longest(_ days: (Settings) -> Int) -> Int { tenants.map { days($0.settings) }.max() ?? days(standard) }
        // First, because figures outlive what they are counted from.
        while try await database.query(history)[0][0].decode(Int.self) > 0 { try Task.checkCancellation() }
        _ = try await database.query(jobs, [longest(\.jobRetention)])
        _ = try await database.query(actions, [nil as Int32?, longest(\.actionRetention)])
        try await database.execute(instances, [longest(\.instanceRetention)])
        for tenant in tenants {
            let settings = tenant.settings
            try await WebhookStore.forget(tenant: tenant.id, days: settings.webhookRetention, on: database)
            _ = try await database.query(actions, [tenant.id, settings.actionRetention])
            try await database.execute(ambiguity, [tenant.id, settings.ambiguityRetention])
            guard settings.deadJobRetention > 0 else { continue }
            while try await database.query(deadJobs, [tenant.id, settings.deadJobRetention])[0][0].decode(Int.self) > 0 {
                try Task.checkCancellation()
            }
        }
    }
}
