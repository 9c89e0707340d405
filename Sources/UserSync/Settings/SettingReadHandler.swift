import Dynamics
import DynamicsSolution
import FoundationEssentials
import Jobs
import Model
import Postgres
import Runtime
import Tenants

/// `settings.read`: takes over what stands in Dynamics' tables of settings and callback profiles.
struct SettingReadHandler: JobHandler {
    static let kind = UserSyncJobs.settings

    let ground: UserSyncGround
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        if job.isFromSchedule {
            let queue = ground.queue
            return .allDone(effects: [{ _ = try await queue.enqueue([UserSyncJobs.readSettingsNow(tenant: job.tenant)], on: $0) }]
            )
        }
        return try await ground.health.guarded(job, book: ground.book, side: .dynamics) { tenant, connection in
            let names = tenant.settings.solution
            let probes = try await ProbeStore.read(ground.database, tenant: tenant.id)
            let (settings, profiles) = (probes.entitySet(names.settingTable), probes.entitySet(names.profileTable))
            // Nothing was ever found out: then nothing is known to be missing either.
            if profiles == nil, !probes.answers.isEmpty { try await keepProfilesHere(tenant) }
            guard settings != nil || profiles != nil else {
                return JobResults(outcomes: [job.id: .done(note: "not installed in Dynamics; kept in the hub")])
            }
            let source = SettingSource(dynamics: connection.dynamics, names: names)
            let answer = try await source.read(settings: settings, profiles: profiles)
            let notes = [try await take(profiles: answer.profiles, tenant)].compactMap(\.self)
            return try await take(settings: answer.settings, job, tenant, notes)
        }
    }

    /// In the transaction that ends the job.
    private func take(
        settings rows: [DynamicsSettings.Row]?, _ job: Job, _ tenant: TenantSituation, _ notes: [String]
    ) async throws -> JobResults {
        guard let rows else { return JobResults(outcomes: [job.id: .done(note: notes.joined(separator: "; "))]) }
        let settings = DynamicsSettings(
            rows, before: try await DynamicsSettingStore.kept(ground.database, tenant: tenant.id),
            stored: try await DynamicsSettingStore.stored(ground.database, tenant: tenant.id))
        let trouble = settings.kept.first { $0.problem != nil }.map { "\($0.row.name) in Dynamics: \($0.problem ?? "")" }
        tell("settings", tenant, trouble)
        let requests = DynamicsSettingStore.take(settings, tenant: tenant.id)
        let note = ["\(settings.kept.count) settings, \(settings.changes.count) changed"] + notes
        return JobResults(
            outcomes: [job.id: .done(note: note.joined(separator: "; "))],
            effects: [{ connection in _ = try await connection.pipeline(requests) }])
    }

    /// In a transaction of its own, so that callback-sync can be rung after it: a change has to be in force within seconds.
    ///
    /// - Returns: what it came to, in words; nil where there is no table of profiles.
    private func take(profiles rows: [DynamicsProfiles.Row]?, _ tenant: TenantSituation) async throws -> String? {
        guard let rows else { return nil }
        let queue = ground.queue
        let profiles = try await ground.database.withTransaction(TransactionOptions(retries: 5)) { connection in
            let kept = try await DynamicsProfileStore.kept(tenant.id, on: connection)
            let profiles = DynamicsProfiles(rows, kept: kept)
            let requests = DynamicsProfileStore.take(profiles, tenant: tenant.id)
            if !requests.isEmpty { _ = try await connection.pipeline(requests) }
            if profiles.changesAnything {
                _ = try await queue.enqueue([EventLook.profiles(tenant: tenant.id)], on: connection)
            }
            return profiles
        }
        if profiles.changesAnything { await queue.ring(EventLook.callbackQueue) }
        tell("callback profiles in Dynamics", tenant, profiles.troubles.isEmpty ? nil : profiles.troubles.joined(separator: " "))
        return "\(rows.count) profiles, \(profiles.puts.count) changed, \(profiles.gone.count) taken away"
    }

    private func keepProfilesHere(_ tenant: TenantSituation) async throws {
        guard try await ground.database.execute(DynamicsProfileStore.keepHere, [tenant.id]) > 0 else { return }
        tell("callback profiles in Dynamics", tenant, nil)
    }

    /// A line of its own on `/health/ready`.
    private func tell(_ what: String, _ tenant: TenantSituation, _ trouble: String?) {
        ground.health.readiness.set("tenant \(tenant.name): \(what)", trouble == nil ? .ready : .degraded, trouble ?? "")
    }
}
