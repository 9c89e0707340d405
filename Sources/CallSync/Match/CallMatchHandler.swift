import Directory
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `calls.match`: late match repair. Earlier calls whose number has appeared in the directory are looked at once more; with a number in its
/// payload, all calls of that number since a day, because an administrator decided about it.
struct CallMatchHandler: JobHandler {
    static let kind = JobKinds.match

    let database: Database
    let book: TenantBook
    let now: @Sendable () -> Date = { Date() }
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(job.tenant) else {
            return JobResults(outcomes: [job.id: .cancelled("there is no tenant \(job.tenant)")])
        }
        if let decided = try? job.payload.decode(Decided.self) {
            let calls = try await ids(CallMatchStore.ofNumber, [tenant.id, decided.number, decided.since])
            return results(job, calls, tenant: tenant, version: nil)
        }
        guard tenant.settings.matchWindow > 0, tenant.settings.regardingLookup,
            let state = try await database.query(CallMatchStore.state, [tenant.id]).first
        else { return JobResults(outcomes: [job.id: .done()]) }
        let (version, reload, isComplete, matched) = try state.decode(Int64.self, Int64.self, Bool.self, Int64?.self)
        guard isComplete else { return JobResults(outcomes: [job.id: .done(note: "the directory is not complete yet")]) }
        let first = firstDay(tenant.settings)
        let calls =
            if let matched, matched >= reload {
                try await ids(
                    CallMatchStore.appeared, [tenant.id, matched, version, first, Int32(tenant.settings.matchSuffixDigits)])
            } else {
                try await ids(CallMatchStore.any, [tenant.id, first])
            }
        return results(job, calls, tenant: tenant, version: version)
    }

    /// What `trunkline matches` asks for.
    private struct Decided: Decodable {
        let number: String
        /// `2026-03-01`.
        let since: String
    }

    private func firstDay(_ settings: Settings) -> String {
        String(DataverseTime.text(now().addingTimeInterval(-86_400 * Double(settings.matchWindow))).prefix(10))
    }

    private func ids(_ statement: Statement, _ parameters: [any PostgresEncodable]) async throws -> [UUID] {
        try await database.query(statement, parameters).map { try $0[0].decode(UUID.self) }
    }

    private func results(_ job: Job, _ calls: [UUID], tenant: TenantSituation, version: Int64?) -> JobResults {
        let queue = JobQueue(database: database)
        let relating = calls.sorted { $0 < $1 }.map { JobKinds.relateCall($0, tenant: tenant.id) }
        return JobResults(
            outcomes: [job.id: .done(note: "\(calls.count) calls")],
            effects: [
                { connection in
                    for start in stride(from: 0, to: relating.count, by: 1000) {
                        _ = try await queue.enqueue(
                            Array(relating[start..<min(start + 1000, relating.count)]), on: connection)
                    }
                    if let version { try await connection.execute(CallMatchStore.note, [tenant.id, version]) }
                }
            ])
    }
}
