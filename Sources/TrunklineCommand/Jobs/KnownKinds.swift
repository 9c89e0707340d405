import CallSync
import CallbackSync
import Operations
import Postgres
import UserSync

/// The kinds of jobs that may be named: a typing error would pause or find nothing, and say that all is well.
enum KnownKinds {
    /// - Throws: `OperatorError` (64) with the list of those there are.
    static func check(_ kind: String?, on database: Database) async throws {
        guard let kind else { return }
        let used = try await database.query(JobFlowStore.kinds).map { try $0.decode(String.self) }
        let all = Set(used).union(ofPrograms)
        guard !all.contains(kind) else { return }
        throw OperatorError.usage("there is no kind of job `\(kind)`; there are: \(all.sorted().joined(separator: ", "))")
    }

    /// Those that stand for what a program does, whether the hub has seen one yet or not: they may have to be paused before it does.
    private static let ofPrograms: Set<String> = [
        JobKinds.poll, JobKinds.read, JobKinds.sweep, JobKinds.write, JobKinds.withdraw, JobKinds.relate, JobKinds.erase,
        JobKinds.match, JobKinds.backfill, JobKinds.people, JobKinds.housekeeping, CallbackJobs.poll, CallbackJobs.check,
        CallbackJobs.read, CallbackJobs.write, CallbackJobs.wait, CallbackJobs.match, CallbackJobs.relate, CallbackJobs.close,
        CallbackJobs.erase, CallbackJobs.follow, CallbackJobs.housekeeping,
        UserSyncJobs.match, UserSyncJobs.settings, UserSyncJobs.probe,
    ]
}
