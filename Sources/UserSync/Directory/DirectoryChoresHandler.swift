import Jobs
import Model
import Postgres
import Tenants

/// `directory.chores`: forgets old entries of the list of changes.
struct DirectoryChoresHandler: JobHandler {
    static let kind = "directory.chores"

    let database: Database
    let book: TenantBook
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        for job in jobs {
            let days = try await book.situation(job.tenant)?.settings.directoryChangeRetention ?? 3
            try await database.execute(LoadStore.forget, [job.tenant, days])
        }
        return .allDone()
    }
}
