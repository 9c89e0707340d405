internal import Postgres

/// The statements that list jobs: one for each table a job can stand in, so that each walks an index of that table, newest first,
/// and stops at the limit.
///
/// Unfinished jobs come by number, newest first. The history comes by the time at which they finished: that is what its partitions and
/// its index are made for. Names of kinds and queues are looked up apart from the walk, so that no join decides its order.
enum JobListing: String, CaseIterable {
    case ready, running, waiting, later, dead, past

    /// Tables in which jobs of these states stand; nil is any state.
    static func holding(_ states: [String]?) -> [JobListing] {
        guard let states else { return allCases }
        return allCases.filter { !$0.states.isDisjoint(with: states) }
    }

    static let statements = [walk] + allCases.flatMap { [$0.statement, $0.count, $0.total, $0.reached] }

    /// Goes before them in their transaction. The conditions that were not given would make the planner expect next to nothing, and sort it.
    static let walk = Statement(
        "job_list_walk",
        """
        SELECT set_config(name, 'off', true) FROM unnest('{enable_sort,enable_seqscan,enable_bitmapscan}'::text[]) AS name
        UNION ALL SELECT set_config('plan_cache_mode', 'force_custom_plan', true)
        """)

    var states: Set<String> {
        switch self {
        case .ready: ["ready", "held"]
        case .running: ["running"]
        case .waiting: ["waiting"]
        case .later: ["scheduled", "retry", "snoozed", "held"]
        case .dead: ["dead"]
        case .past: ["done", "cancelled", "superseded"]
        }
    }

    var table: String {
        switch self {
        case .ready: "job_ready"
        case .running: "job_lease"
        case .waiting: "job_wait"
        case .later: "job_later"
        case .dead: "job_dead"
        case .past: "job_done"
        }
    }

    /// The state of a row.
    private var state: String {
        switch self {
        case .ready:
            """
            CASE WHEN EXISTS (SELECT FROM hub.job_pause p WHERE (p.kind_id IS NULL OR p.kind_id = j.kind_id)
                                                            AND (p.tenant_id IS NULL OR p.tenant_id = j.tenant_id))
                 THEN 'held' ELSE 'ready' END
            """
        case .running: "'running'"
        case .waiting: "'waiting'"
        case .later: "j.reason"
        case .dead: "'dead'"
        case .past: "j.outcome"
        }
    }

    /// What it has beside the common columns: at, worker, note, attempts at most.
    private var particulars: String {
        switch self {
        case .ready, .waiting: "NULL::timestamptz, NULL::integer, NULL::text, j.max_attempts::integer"
        case .running: "j.claimed_at, j.worker_id, NULL::text, j.max_attempts::integer"
        case .later: "nullif(j.run_at, 'infinity'), NULL::integer, NULL::text, j.max_attempts::integer"
        case .dead: "j.died_at, j.worker_id, NULL::text, j.max_attempts::integer"
        case .past: "j.finished_at, j.worker_id, j.note, NULL::integer"
        }
    }

    /// What comes after the job at which the page before ended ($7, $8).
    private var page: String {
        switch self {
        case .past:
            """
            t.finished_at <= coalesce($8::timestamptz, 'infinity')
                          AND ($8::timestamptz IS NULL OR t.finished_at < $8 OR t.id < $7)
            """
        default: "t.id < coalesce($7, 9223372036854775807) AND $8::timestamptz IS NULL"
        }
    }

    /// Newest first.
    private func order(_ alias: String) -> String {
        self == .past ? "\(alias).finished_at DESC, \(alias).id DESC" : "\(alias).id DESC"
    }

    /// The rows that are looked at, at most $9 of them.
    private var walked: String { "SELECT * FROM hub.\(table) t WHERE \(page) ORDER BY \(order("t")) LIMIT $9::bigint" }

    /// What has not changed its state since: the order number is another one after each change. Finished jobs have none.
    private var unchanged: String {
        self == .past ? "$11::bigint IS NULL" : "($11::bigint IS NULL OR j.seq <= $11)"
    }

    private var errorGroup: String { self == .dead ? "j.error_group" : "hub.error_group(j.error)" }

    private var conditions: String {
        """
        ($1::text[] IS NULL OR \(state) = ANY ($1))
                  AND ($2::text IS NULL OR j.kind_id = (SELECT k.kind_id FROM hub.job_kind k WHERE k.name = $2))
                  AND ($3::integer IS NULL OR j.tenant_id = $3) AND ($4::text IS NULL OR j.key = $4)
                  AND ($5::text IS NULL OR j.queue_id = (SELECT q.queue_id FROM hub.job_queue q WHERE q.name = $5))
                  AND ($10::text IS NULL OR lower(j.error ->> 'code') = lower($10))
                  AND ($12::integer IS NULL OR j.lane = $12)
                  AND ($13::text IS NULL OR \(errorGroup) = $13)
                  AND ($14::jsonb IS NULL OR j.payload @> $14)
                  AND \(unchanged)
        """
    }

    /// How many fit, counted to $6.
    var count: Statement {
        Statement(
            "job_count_\(rawValue)",
            "SELECT count(*) FROM (SELECT FROM (\(walked)) j WHERE \(conditions) LIMIT $6) fit")
    }

    /// How many fit of all there are, read in whatever order is quickest: $1 to $5 as above, $6 to $10 as $10 to $14.
    var total: Statement {
        let conditions = (10...14).reduce(conditions) { $0.replacing("$\($1)", with: "$\($1 - 4)") }
        return Statement("job_total_\(rawValue)", "SELECT count(*) FROM hub.\(table) j WHERE \(conditions)")
    }

    /// The row that comes after $3 others: $1 and $2 as $7 and $8 above.
    var reached: Statement {
        let walk = walked.replacing("$7", with: "$1").replacing("$8", with: "$2").replacing(
            "LIMIT $9::bigint", with: "OFFSET $3::bigint LIMIT 1")
        let time = self == .past ? "w.finished_at" : "NULL::timestamptz"
        return Statement("job_reached_\(rawValue)", "SELECT w.id, \(time) FROM (\(walk)) w")
    }

    var statement: Statement {
        Statement(
            "job_list_\(rawValue)",
            """
            SELECT l.state, l.id, (SELECT q.name FROM hub.job_queue q WHERE q.queue_id = l.queue_id),
                   (SELECT k.name FROM hub.job_kind k WHERE k.kind_id = l.kind_id), l.tenant_id, l.lane, l.key, l.attempts::integer,
                   l.max_attempts, l.enqueued_at, l.at, l.worker_id, l.note, l.error, l.payload
            FROM (
                SELECT \(state), j.id, j.queue_id, j.kind_id, j.tenant_id, j.lane, j.key, j.attempts, j.enqueued_at, j.error, j.payload,
                       \(particulars)
                FROM (\(walked)) j
                WHERE \(conditions)
                ORDER BY \(order("j"))
                LIMIT $6
            ) AS l (state, id, queue_id, kind_id, tenant_id, lane, key, attempts, enqueued_at, error, payload,
                    at, worker_id, note, max_attempts)
            """)
    }
}
