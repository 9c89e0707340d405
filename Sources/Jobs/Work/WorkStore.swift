internal import FoundationEssentials
internal import Postgres

/// The statements of a worker.
enum WorkStore {
    static let queueID = Statement("job_queue_id", "SELECT hub.job_queue_id($1)")
    static let kindID = Statement("job_kind_id", "SELECT hub.job_kind_id($1)")
    static let enter = Statement("job_enter", "SELECT hub.job_enter($1, $2, $3, $4, $5, $6::interval)")
    static let beat = Statement("job_beat", "SELECT hub.job_beat($1, $2)")
    static let leave = Statement("job_leave", "SELECT hub.job_leave($1)")
    static let lines = Statement("job_lines", "SELECT lane, tenant_id, first_seq FROM hub.job_lines($1)")
    static let claim = Statement(
        "job_claim",
        """
        SELECT id, seq, enqueued_at, tenant_id, kind_id, lane, attempts, max_attempts, solo, held, key, payload
        FROM hub.job_claim($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    static let heldBy = Statement(
        "job_held_by",
        """
        SELECT id, seq, enqueued_at, tenant_id, kind_id, lane, attempts, max_attempts, solo, held, key, payload
        FROM hub.job_held_by($1)
        """)
    static let complete = Statement("job_complete", "SELECT hub.job_complete($1, $2, $3, $4, $5)")
    static let fail = Statement("job_fail", "SELECT hub.job_fail($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    static let verify = Statement("job_verify", "SELECT hub.job_verify($1, $2)")
    static let tend = Statement("job_tend", "SELECT queue_id, jobs FROM hub.job_tend()")
    static let ring = Statement("job_ring_queue", "SELECT hub.job_ring_queue($1)")
    static let sleep = Statement("job_sleep", "SELECT hub.job_sleep($1)")
    static let count = Statement("job_count", "SELECT hub.job_count() FROM hub.job_chore_due('depth') AS due WHERE due")
    static let compactDue = Statement("job_compact_due", "SELECT hub.job_chore_due('compact')")
    static let compact = Statement("job_compact", "SELECT relation, live, bytes_before, bytes_after FROM hub.job_compact()")
    static let statements = [
        queueID, kindID, enter, beat, leave, lines, claim, heldBy, complete, fail, verify, tend, ring, sleep, count, compactDue,
        compact,
    ]

    static func claim(worker: Int32, queue: Int16, _ plan: ClaimLines.Plan) -> Request {
        Request(claim, [worker, queue, plan.most, plan.lanes, plan.tenants, plan.lows, plan.limits, plan.thorough])
    }

    /// What writes outcomes down: none, one or two statements, each returning the ids of jobs that were not the worker's any more.
    static func finish(worker: Int32, _ columns: FinishColumns) -> [Request] {
        var requests: [Request] = []
        if !columns.doneIDs.isEmpty {
            requests.append(
                Request(complete, [worker, columns.doneIDs, columns.doneSeqs, columns.doneMilliseconds, columns.doneNotes]))
        }
        if !columns.ids.isEmpty {
            requests.append(
                Request(
                    fail,
                    [
                        worker, columns.ids, columns.seqs, columns.outcomes, columns.delays, columns.counts, columns.solos,
                        columns.milliseconds, columns.errors, columns.notes,
                    ]))
        }
        return requests
    }

    /// A row of `claim` or `heldBy`.
    struct ClaimedRow {
        let id: Int64
        let seq: Int64
        let enqueuedAt: Date
        let tenant: Int32
        let kindID: Int16
        let lane: Int16
        let attempts: Int16
        let maxAttempts: Int16
        let isSolo: Bool
        let isHeld: Bool
        let key: String?
        let payload: JSONB?

        init(_ row: Row) throws {
            (id, seq, enqueuedAt, tenant, kindID, lane, attempts, maxAttempts, isSolo, isHeld, key, payload) = try row.decode(
                Int64.self, Int64.self, Date.self, Int32.self, Int16.self, Int16.self, Int16.self, Int16.self, Bool.self,
                Bool.self,
                String?.self, JSONB?.self)
        }

        func job(kind: String) -> Job {
            Job(
                id: id, seq: seq, kind: kind, tenant: tenant, key: key, lane: Lane(rawValue: lane) ?? .backfill,
                payload: payload ?? "{}",
                attempt: Int(attempts) + 1, maxAttempts: Int(maxAttempts), enqueuedAt: enqueuedAt, isSolo: isSolo)
        }
    }
}
