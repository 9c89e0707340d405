import Directory
import FoundationEssentials
import Jobs
import Model
import PhoneNumbers
import Postgres
import Tenants

/// `callbacks.match`: has open phone calls that are linked to nobody looked at once more when their number has appeared in the directory; with a
/// number in its payload, all open ones of that number, because an administrator decided about it.
struct CallbackMatchHandler: JobHandler {
    static let kind = CallbackJobs.match

    let database: Database
    let book: TenantBook
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(job.tenant) else {
            return JobResults(outcomes: [job.id: .cancelled("there is no tenant \(job.tenant)")])
        }
        if let number = job.callbackPayload.number {
            // A decision keeps: until the directory is complete again, nobody can be looked up in it.
            let isComplete = try await DirectoryLookup(database: database).isComplete(tenant: tenant.id)
            guard isComplete || !tenant.settings.regardingLookup else {
                return JobResults(outcomes: [job.id: .snooze(until: Date().addingTimeInterval(60))])
            }
            return try await relate(job, tenant, CallbackMatchStore.ofNumber, [tenant.id, number], version: nil)
        }
        guard tenant.settings.matchWindow > 0, tenant.settings.regardingLookup,
            let state = try await database.query(CallbackMatchStore.state, [tenant.id]).first
        else { return JobResults(outcomes: [job.id: .done()]) }
        let (version, reload, isComplete, matched) = try state.decode(Int64.self, Int64.self, Bool.self, Int64?.self)
        guard isComplete else { return JobResults(outcomes: [job.id: .done(note: "the directory is not complete yet")]) }
        guard let matched, matched >= reload else {
            return try await relate(job, tenant, CallbackMatchStore.any, [tenant.id], version: version)
        }
        guard matched < version else { return JobResults(outcomes: [job.id: .done(note: "nothing new")]) }
        let shortest = Int32(tenant.settings.matchSuffixDigits)
        return try await relate(
            job, tenant, CallbackMatchStore.appeared, [tenant.id, matched, version, shortest], version: version)
    }

    /// - Parameter version: how far the directory was looked at; nil: only at one number.
    private func relate(
        _ job: Job, _ tenant: TenantSituation, _ found: Statement, _ parameters: [any PostgresEncodable], version: Int64?
    ) async throws -> JobResults {
        let requests = try await database.query(found, parameters).map { try $0.decode(UUID.self, String.self) }
        let relating = requests.map {
            CallbackJobs.relate($0, number: tenant.numbers.current($1), tenant: tenant.id, tenantName: tenant.name)
        }
        let queue = JobQueue(database: database)
        return JobResults(
            outcomes: [job.id: .done(note: "\(requests.count) requests")],
            effects: [
                { connection in
                    _ = try await queue.enqueue(relating, on: connection)
                    if let version { try await connection.execute(CallbackMatchStore.note, [tenant.id, version]) }
                }
            ])
    }
}
