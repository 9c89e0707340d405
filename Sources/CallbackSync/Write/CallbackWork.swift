import FoundationEssentials
import Jobs
import Postgres
import Tenants

/// One request in hand.
struct CallbackWork: Sendable {
    let job: Job
    let callback: StoredCallback
}

extension CallbackWork {
    /// The requests that jobs are about, and what becomes of the jobs that are about none.
    static func load(
        _ jobs: [Job], tenant: TenantSituation, from database: Database
    ) async throws -> (works: [CallbackWork], gone: [Int64: JobOutcome]) {
        let ids = jobs.compactMap(\.callbackPayload.callback)
        var callbacks: [UUID: StoredCallback] = [:]
        for row in try await database.query(StoredCallback.load, [tenant.id, ids]) {
            let callback = try StoredCallback(row, numbers: tenant.numbers)
            callbacks[callback.id] = callback
        }
        var works: [CallbackWork] = []
        var gone: [Int64: JobOutcome] = [:]
        for job in jobs {
            if let id = job.callbackPayload.callback, let callback = callbacks.removeValue(forKey: id) {
                works.append(CallbackWork(job: job, callback: callback))
            } else {
                gone[job.id] = .cancelled("the hub has no such request any more, or another job of it runs")
            }
        }
        return (works, gone)
    }
}
