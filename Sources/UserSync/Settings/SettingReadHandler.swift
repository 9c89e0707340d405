import Dynamics
import DynamicsSolution
import FoundationEssentials
import Jobs
import Model
import Postgres
import Runtime
import Tenants

/// `settings.read`: takes over what stands in Dynamics' table of settings.
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
            guard let set = probes.entitySet(names.settingTable) else {
                return JobResults(outcomes: [job.id: .done(note: "not installed in Dynamics; kept in the hub")])
            }
            let source = SettingSource(dynamics: connection.dynamics, names: names)
            let answer = try await source.read(settings: set, profiles: nil)
            return try await take(answer, job, tenant)
        }
    }

    private func take(_ answer: SettingSource.Answer, _ job: Job, _ tenant: TenantSituation) async throws -> JobResults {
        var requests: [Request] = []
        var notes: [String] = []
        if let rows = answer.settings {
            let settings = DynamicsSettings(
                rows, before: try await DynamicsSettingStore.kept(ground.database, tenant: tenant.id),
                stored: try await DynamicsSettingStore.stored(ground.database, tenant: tenant.id))
            requests += DynamicsSettingStore.take(settings, tenant: tenant.id)
            notes.append("\(settings.kept.count) settings, \(settings.changes.count) changed")
            let troubles = settings.kept.filter { $0.problem != nil }
            if let first = troubles.first {
                ground.health.readiness.set(
                    "tenant \(tenant.name): settings", .degraded, "\(first.row.name) in Dynamics: \(first.problem ?? "")")
            } else {
                ground.health.readiness.set("tenant \(tenant.name): settings", .ready)
            }
        }
        let due = requests
        return JobResults(
            outcomes: [job.id: .done(note: notes.joined(separator: "; "))],
            effects: [{ connection in _ = try await connection.pipeline(due) }])
    }
}
