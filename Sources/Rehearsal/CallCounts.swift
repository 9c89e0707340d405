import Postgres

/// How many calls stand where, by the hub's own account.
struct CallCounts: Sendable, Equatable {
    var seen = 0
    var written = 0
    var adopted = 0
    var pending = 0
    var dead = 0
    var withdrawn = 0
    var skipped: [String: Int] = [:]

    var skippedInAll: Int { skipped.values.reduce(0, +) }

    /// Whether every call that came in is in exactly one state.
    var balanced: Bool { seen == written + adopted + pending + dead + withdrawn + skippedInAll }

    /// Calls with a job that is not over.
    var unfinished = 0

    static func read(from database: Database) async throws -> CallCounts {
        // One statement, so one snapshot: the sides of the balance are of the same moment.
        let rows = try await database.query(states)
        var counts = CallCounts()
        for row in rows {
            let (state, reason, number) = try row.decode(String.self, String?.self, Int64.self)
            let count = Int(number)
            switch state {
            case "seen": counts.seen = count
            case "unfinished": counts.unfinished = count
            case "written": counts.written += count
            case "adopted": counts.adopted += count
            case "pending": counts.pending += count
            case "dead": counts.dead += count
            case "withdrawn": counts.withdrawn += count
            default: counts.skipped[reason ?? "no reason", default: 0] += count
            }
        }
        return counts
    }

    private static let states = Statement(
        "rehearsal_call_states",
        """
        SELECT 'seen', NULL, coalesce(sum(seen), 0)::bigint FROM hub.call_intake
        UNION ALL
        SELECT state, reason, count(*) FROM hub.call GROUP BY state, reason
        UNION ALL
        SELECT 'unfinished', NULL,
            (SELECT count(*) FROM hub.job_ready r JOIN hub.job_kind k USING (kind_id) WHERE k.name IN ('call.write', 'call.withdraw'))
            + (SELECT count(*) FROM hub.job_lease r JOIN hub.job_kind k USING (kind_id) WHERE k.name IN ('call.write', 'call.withdraw'))
            + (SELECT count(*) FROM hub.job_wait r JOIN hub.job_kind k USING (kind_id) WHERE k.name IN ('call.write', 'call.withdraw'))
            + (SELECT count(*) FROM hub.job_later r JOIN hub.job_kind k USING (kind_id) WHERE k.name IN ('call.write', 'call.withdraw'))
        """)
}
