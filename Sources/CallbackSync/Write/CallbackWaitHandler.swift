import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `callback.wait`: keeps requests whose profile can't work now, and gives them back to the line of their number when it can.
///
/// A line of its own for each list and number, so that those waiting come back in the order in which they came, and requests of the number
/// on other lists go on meanwhile.
struct CallbackWaitHandler: JobHandler {
    static let kind = CallbackJobs.wait

    let database: Database
    let book: TenantBook
    var batchSize: Int { 200 }
    var concurrency: Int { 1 }

    /// Seconds between two looks at the profile, and before the first: the next look of those who check it may not know yet what was found
    /// out by writing, and no request goes to and fro without a pause.
    static let pause: TimeInterval = 30

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        let situation = try await ProfileStore.read(tenant.id, from: database)
        let (works, gone) = try await CallbackWork.load(jobs, tenant: tenant, from: database)
        var outcomes = gone
        var back: [NewJob] = []
        for work in works {
            if work.callback.isUnwritten, situation.obstacle(list: work.callback.facts.listID) != nil {
                outcomes[work.job.id] = .snooze(until: Date().addingTimeInterval(Self.pause))
            } else {
                outcomes[work.job.id] = .done(note: "back in its number's line")
                back.append(write(work, tenant))
            }
        }
        let queue = JobQueue(database: database)
        return JobResults(
            outcomes: outcomes,
            effects: back.isEmpty ? [] : [{ [back] connection in _ = try await queue.enqueue(back, on: connection) }])
    }

    /// Always, whatever became of the request meanwhile: who has it wait once more finds this job unfinished, or comes before the new one.
    private func write(_ work: CallbackWork, _ tenant: TenantSituation) -> NewJob {
        var job = CallbackJobs.write(
            work.callback.id, number: work.callback.facts.callableNumber, tenant: tenant.id, tenantName: tenant.name)
        job.trace = work.job.trace
        return job
    }
}
