import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `call.erase`: what is left to be done for a call whose numbers were erased in the hub: its record in Dynamics, and what the hub keeps of that.
///
/// In line with the call's writes, so it comes after all that are under way; those behind it find the call erased and leave it.
struct CallEraseHandler: JobHandler {
    static let kind = JobKinds.erase

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
        let records = works.filter { !$0.keepsRecord }.map { $0.record(tenant) }
        let erased: [UUID: RecordErasure]
        do {
            erased = try await eraser(tenant, connection, first).erase(records)
        } catch let error as DynamicsError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        var outcomes: [Int64: JobOutcome] = [:]
        var settled: [ErasedCall] = []
        for work in works {
            if work.keepsRecord {
                settled.append(ErasedCall(work.call, outcome: .kept))
            } else if case .failed(let outcome)? = erased[work.call.id] {
                outcomes[work.job.id] = health.failed(tenant.name, outcome, of: work.job)
                continue
            } else {
                settled.append(ErasedCall(work.call, records: erased[work.call.id] ?? .missing))
            }
            outcomes[work.job.id] = .done(note: settled.last?.outcome.rawValue)
        }
        let requests = CallEraseStore.settle(settled, tenant: tenant, instance: instance)
        return JobResults(
            outcomes: outcomes, otherwise: .cancelled("the call's numbers were not erased, or the hub has it no more"),
            effects: requests.isEmpty ? [] : [{ connection in _ = try await connection.pipeline(requests) }])
    }

    private func eraser(_ tenant: TenantSituation, _ connection: TenantConnection, _ job: Job) -> RecordEraser {
        RecordEraser(
            tenant, connection, idColumn: tenant.settings.columns.callID,
            columns: StandingPhoneCall.select(tenant.settings.columns), lane: BudgetLane(rawValue: job.lane.rawValue) ?? .late)
    }

    private func load(_ jobs: [Job], _ tenant: TenantSituation) async throws -> [CallErasing] {
        let ids = jobs.compactMap { $0.key.flatMap(UUID.init(uuidString:)) }
        let kept = try await ErasureItemStore.kept(ids, .call, tenant: tenant.id, on: database)
        var calls: [UUID: StoredCall] = [:]
        for row in try await database.query(StoredCall.load, [tenant.id, ids]) {
            let call = try StoredCall(row, numbers: tenant.numbers)
            if call.isErased { calls[call.id] = call }
        }
        return jobs.compactMap { job in
            job.key.flatMap(UUID.init(uuidString:)).flatMap { calls.removeValue(forKey: $0) }.map {
                CallErasing(job: job, call: $0, keepsRecord: kept.contains($0.id))
            }
        }
    }
}

/// One call in hand.
private struct CallErasing: Sendable {
    let job: Job
    let call: StoredCall
    let keepsRecord: Bool

    func record(_ tenant: TenantSituation) -> RecordToErase {
        let (call, columns) = (call, tenant.settings.columns)
        let own = PhoneCallID.activity(tenant: tenant.name, call: call.id)
        return RecordToErase(
            subject: call.id, activityID: call.activityID, isSought: call.mayHaveAdopted,
            isOwn: { id in
                switch call.state {
                case .written: id == call.activityID
                case .adopted: false
                case .pending, .dead, .withdrawn, .skipped: !call.wasMarked && id == own
                }
            },
            isUntouched: { row in
                guard let standing = StandingPhoneCall(row, columns) else { return false }
                return ThreeWayMerge.touched(base: call.written, theirs: standing.fields).isEmpty
            })
    }
}
