import Dynamics
import FoundationEssentials
import Jobs
import Logging
import Postgres
import Tenants

/// `directory.sync`: reads what changed in a table of contacts, accounts or leads; the first time, and when the link has expired, all of it.
struct DirectorySyncHandler: JobHandler {
    static let kind = DirectoryPlan.kind

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    var concurrency: Int { 6 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let table = job.directoryTable else {
            return JobResults(outcomes: [job.id: .cancelled("the job names no table of the directory")])
        }
        return try await health.guarded(job, book: book, side: .dynamics) { tenant, connection in
            let reader = DirectoryReader(
                table: table, tenant: tenant, dynamics: connection.dynamics, database: database, logger: context.logger)
            do {
                switch try await reader.work() {
                case .upToDate: return JobResults(outcomes: [job.id: .done()])
                case .more: return JobResults(outcomes: [job.id: .snooze(until: Date())])
                }
            } catch is DirectoryConflict {
                return JobResults(outcomes: [job.id: .done(note: "another instance is at it")])
            } catch let error as DynamicsError {
                let code = error.fault.flatMap { $0.code.isEmpty ? nil : $0.code } ?? "\(error.code)"
                try await database.execute(LoadStore.fail, [tenant.id, table.rawValue, code, error.operatorText])
                throw error
            }
        }
    }
}

extension Job {
    fileprivate var directoryTable: DirectoryTable? {
        struct Payload: Decodable { var table: String }
        return (try? payload.decode(Payload.self).table).flatMap(DirectoryTable.init(rawValue:))
    }
}
