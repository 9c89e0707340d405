internal import Postgres

enum AdminStore {
    static let show = Statement(
        "job_show",
        """
        SELECT state, id, queue, kind, tenant_id, lane, key, attempts::integer, max_attempts::integer, enqueued_at,
               nullif(at, 'infinity') AS at, worker_id, note, error, payload
        FROM hub.jobs WHERE id = $1
        """)
    static let retry = Statement("job_retry", "SELECT hub.job_retry($1)")
    static let cancel = Statement("job_cancel", "SELECT hub.job_cancel($1, $2)")
    static let pause = Statement("job_pause", "SELECT hub.job_hold($1, $2, $3, $4)")
    static let resume = Statement("job_resume", "SELECT hub.job_resume($1, $2)")
    static let pauses = Statement(
        "job_pauses",
        """
        SELECT k.name, p.tenant_id, p.reason, p.paused_by, p.paused_at
        FROM hub.job_pause p LEFT JOIN hub.job_kind k USING (kind_id) ORDER BY p.paused_at
        """)
    static let counts = Statement(
        "job_counts",
        """
        SELECT q.name, k.name, d.lane, d.state, d.jobs, d.oldest_at, d.counted_at
        FROM hub.job_depth d JOIN hub.job_queue q USING (queue_id) JOIN hub.job_kind k USING (kind_id) ORDER BY 1, 2, 3, 4
        """)
    static let workers = Statement(
        "job_workers",
        """
        SELECT w.worker_id, w.program, w.host, w.pid, q.name, w.slots, w.started_at, w.beat_at, w.expires_at, w.draining
        FROM hub.worker w JOIN hub.job_queue q USING (queue_id) ORDER BY w.worker_id
        """)
    static let queues = Statement("job_queues", "SELECT name FROM hub.job_queue")
    /// By the view, which asks for no more than the right to take the next one.
    static let lastOrder = Statement(
        "job_last_order",
        "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'hub' AND sequencename = 'job_seq'")
    static let statements =
        JobListing.statements + [
            show, retry, cancel, pause, resume, pauses, counts, workers, queues, lastOrder,
        ]
}
