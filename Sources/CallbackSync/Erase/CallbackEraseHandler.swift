import Dynamics
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `callback.erase`: what is left to be done for requests whose number was erased in the hub: their records in Dynamics.
///
/// In line with the other jobs of the number, so it comes after all writes that are under way.
struct CallbackEraseHandler: JobHandler {
    static let kind = CallbackJobs.erase

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    let instance: UUID
    var batchSize: Int { 50 }
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        guard let connection = health.usable(tenant) else { return JobResults(otherwise: TenantHealth.putOff()) }
        let works = try await load(jobs, tenant)
        let eraser = RecordEraser(
            tenant, connection, idColumn: tenant.settings.columns.callbackID,
            lane: BudgetLane(rawValue: first.lane.rawValue) ?? .late)
        let erased: [UUID: RecordErasure]
        do {
            erased = try await eraser.erase(works.filter { !$0.keepsRecord }.map { Self.record($0.callback) })
        } catch let error as DynamicsError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        var outcomes: [Int64: JobOutcome] = [:]
        var settled: [ErasedCallback] = []
        for work in works {
            if work.keepsRecord {
                settled.append(ErasedCallback(work.callback, outcome: .kept))
            } else if case .failed(let outcome)? = erased[work.callback.id] {
                outcomes[work.job.id] = health.failed(tenant.name, outcome, of: work.job)
                continue
            } else {
                settled.append(ErasedCallback(work.callback, record: erased[work.callback.id] ?? .missing))
            }
            outcomes[work.job.id] = .done(note: settled.last?.outcome.rawValue)
        }
        let requests = CallbackEraseStore.settle(settled, tenant: tenant, instance: instance)
        return JobResults(
            outcomes: outcomes, otherwise: .cancelled("the request's number was not erased, or the hub has it no more"),
            effects: requests.isEmpty ? [] : [{ connection in _ = try await connection.pipeline(requests) }])
    }

    /// The hub makes every phone call of a request, under an id of its own.
    private static func record(_ callback: StoredCallback) -> RecordToErase {
        RecordToErase(subject: callback.id, activityID: callback.activityID, isOwn: { $0 == callback.activityID })
    }

    private func load(_ jobs: [Job], _ tenant: TenantSituation) async throws -> [CallbackErasing] {
        let ids = jobs.compactMap(\.callbackPayload.callback)
        let kept = try await ErasureItemStore.kept(ids, .callback, tenant: tenant.id, on: database)
        var callbacks: [UUID: StoredCallback] = [:]
        for row in try await database.query(StoredCallback.load, [tenant.id, ids]) {
            let callback = try StoredCallback(row, numbers: tenant.numbers)
            if callback.facts.isErased { callbacks[callback.id] = callback }
        }
        return jobs.compactMap { job in
            job.callbackPayload.callback.flatMap { callbacks.removeValue(forKey: $0) }.map {
                CallbackErasing(job: job, callback: $0, keepsRecord: kept.contains($0.id))
            }
        }
    }
}

/// One request in hand.
private struct CallbackErasing: Sendable {
    let job: Job
    let callback: StoredCallback
    let keepsRecord: Bool
}
