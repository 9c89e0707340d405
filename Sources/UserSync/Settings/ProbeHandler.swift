import Dynamics
import DynamicsSolution
import FoundationEssentials
import Jobs
import Model
import Tenants

/// `dynamics.probe`: asks the environment again what only it can answer, as `trunkline dynamics check` does.
struct ProbeHandler: JobHandler {
    static let kind = UserSyncJobs.probe

    let ground: UserSyncGround
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await ground.health.guarded(job, book: ground.book, side: .dynamics) { tenant, connection in
            let definition = SolutionDefinition(tenant.settings)
            let known = try await ProbeStore.read(ground.database, tenant: tenant.id)
            let report: SolutionReport
            do {
                report = try await SolutionReport.read(
                    definition, from: connection.dynamics, refusedKeys: SolutionReport.refusedKeys(definition, known))
            } catch let error as DynamicsError where !error.isTransient {
                // Metadata may be closed to the application user: then the hub goes by what it knows.
                return JobResults(outcomes: [job.id: .done(note: "not answered: \(error.operatorText)")])
            }
            let (tenantID, queue) = (tenant.id, ground.queue)
            // What was found out may be what others wait for.
            let looks = [UserSyncJobs.readSettingsNow(tenant: tenantID)] + DirectoryPlan.jobs(tenant)
            let probes = report.probes
            let note = report.isWell ? "everything is there" : "\(report.plan.count) parts are missing"
            return JobResults(
                outcomes: [job.id: .done(note: note)],
                effects: [
                    { connection in
                        try await ProbeStore.replace(probes, tenant: tenantID, on: connection)
                        if probes != known {
                            _ = try await queue.enqueue(looks, on: connection)
                        }
                    }
                ])
        }
    }
}
