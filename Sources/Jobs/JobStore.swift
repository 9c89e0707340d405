internal import FoundationEssentials
internal import Postgres

/// The statements on the job table. What they do stands in the functions of sql/migrations/0002_jobs.sql.
enum JobStore {
    /// One job without key, unique key and time: the commonest call by far, worth sparing it the function.
    static let enqueueOne = Statement(
        "job_enqueue_one",
        """
        INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
        SELECT n, n, $3, coalesce((SELECT queue_id FROM hub.job_queue WHERE name = $1), hub.job_queue_id($1)),
               coalesce((SELECT kind_id FROM hub.job_kind WHERE name = $2), hub.job_kind_id($2)), $4, $5, $6
        FROM nextval('hub.job_seq') AS n
        RETURNING ARRAY[id]
        """)
    static let enqueuePlain = Statement("job_enqueue_plain", "SELECT hub.job_enqueue($1, $2, $3, $4, $5, $6)")
    static let enqueueSpecial = Statement("job_enqueue", "SELECT hub.job_enqueue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    static let ring = Statement("job_ring", "SELECT hub.job_ring($1)")

    static let statements =
        [enqueueOne, enqueuePlain, enqueueSpecial, ring] + WorkStore.statements + ScheduleStore.statements + AdminStore.statements

    /// One call for any number of jobs; nil for none.
    static func enqueue(_ jobs: [NewJob]) -> Request? {
        guard !jobs.isEmpty else { return nil }
        let isPlain = !jobs.contains { $0.key != nil || $0.unique != nil || $0.runAt != nil }
        if isPlain, jobs.count == 1 {
            let job = jobs[0]
            return Request(
                enqueueOne, [job.queue, job.kind, job.tenant, job.lane.rawValue, job.maxAttempts, job.carried])
        }
        let common: [any PostgresEncodable] = [
            jobs.map(\.queue), jobs.map(\.kind), jobs.map(\.tenant), jobs.map(\.lane.rawValue), jobs.map(\.maxAttempts),
            jobs.map(\.carried),
        ]
        if isPlain { return Request(enqueuePlain, common) }
        let special: [any PostgresEncodable] = [jobs.map(\.key), jobs.map(\.coalesce), jobs.map(\.unique), jobs.map(\.runAt)]
        return Request(enqueueSpecial, common + special)
    }
}

extension NewJob {
    /// The payload as it goes into the table.
    fileprivate var carried: JSONB { JobTrace.adding(trace, to: payload) }
}
