import Jobs
import Postgres

/// `directory.chores`: forgets old entries of the list of changes.
struct DirectoryChoresHandler: JobHandler {
    static let kind = "directory.chores"

    let database: Database
    var concurrency: Int { 1 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        for job in jobs { try await database.execute(LoadStore.forget, [job.tenant]) }
        return .allDone()
    }
}
