internal import FoundationEssentials
internal import Postgres

/// The statements on the job table. What they do stands in the functions of sql/migrations/0002_jobs.sql.
enum JobStore {
    static let enqueuePlain = Statement("job_enqueue_plain", "SELECT hub.job_enqueue($1, $2, $3, $4, $5, $6)")
    static let enqueueSpecial = Statement("job_enqueue", "SELECT hub.job_enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    static let ring = Statement("job_ring", "SELECT hub.job_ring($1)")

    static let statements =
        [enqueuePlain, enqueueSpecial, ring] + WorkStore.statements + ScheduleStore.statements + AdminStore.statements

    /// One call for any number of jobs; nil for none.
    static func enqueue(_ jobs: [NewJob]) -> Request? {
        guard !jobs.isEmpty else { return nil }
        let common: [any PostgresEncodable] = [
            jobs.map(\.queue), jobs.map(\.kind), jobs.map(\.tenant), jobs.map(\.lane.rawValue), jobs.map(\.maxAttempts),
            jobs.map(\.payload),
        ]
        guard jobs.contains(where: { $0.key != nil || $0.unique != nil || $0.runAt != nil }) else {
            return Request(enqueuePlain, common)
        }
        let special: [any PostgresEncodable] = [jobs.map(\.key), jobs.map(\.coalesce), jobs.map(\.unique), jobs.map(\.runAt)]
        return Request(enqueueSpecial, common + special)
    }
}
