import Postgres

/// How many callback requests stand where, by the hub's own account.
struct CallbackCounts: Sendable, Equatable {
    var seen = 0
    var written = 0
    var bundled = 0
    var ignored = 0
    var skipped = 0
    var pending = 0
    var dead = 0
    var closed = 0
    /// Requests that are about to be closed.
    var closing = 0
    /// Jobs that are not over.
    var unfinished = 0
    /// Profiles that poll and whose list was not read since the time asked for.
    var unread = 0

    /// Whether every request that came in is in exactly one state.
    var balanced: Bool { seen == written + ignored + skipped + pending + dead }

    /// Nothing is left to do.
    var isQuiet: Bool { pending == 0 && closing == 0 && unfinished == 0 }

    static func read(from database: Database, readSince: Double = 0) async throws -> CallbackCounts {
        // One statement, so one snapshot: the sides of the balance are of the same moment.
        let row = try await database.query(all, [readSince])[0]
        let (seen, written, bundled, ignored, skipped, pending, dead, closed, closing, unfinished, unread) = try row.decode(
            Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self,
            Int64.self,
            Int64.self)
        return CallbackCounts(
            seen: Int(seen), written: Int(written), bundled: Int(bundled), ignored: Int(ignored), skipped: Int(skipped),
            pending: Int(pending), dead: Int(dead), closed: Int(closed), closing: Int(closing), unfinished: Int(unfinished),
            unread: Int(unread))
    }

    private static let all = Statement(
        "rehearsal_callback_states",
        """
        SELECT (SELECT coalesce(sum(seen), 0)::bigint FROM hub.callback_intake),
            count(*) FILTER (WHERE state = 'written'), count(*) FILTER (WHERE state = 'written' AND bundle_id IS NOT NULL),
            count(*) FILTER (WHERE state = 'ignored'), count(*) FILTER (WHERE state = 'skipped'),
            count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead'),
            count(*) FILTER (WHERE close_state IN ('done', 'elsewhere')), count(*) FILTER (WHERE close_state = 'due'),
            (SELECT count(*) FROM (
                SELECT kind_id FROM hub.job_ready UNION ALL SELECT kind_id FROM hub.job_lease UNION ALL
                SELECT kind_id FROM hub.job_wait UNION ALL SELECT kind_id FROM hub.job_later
            ) j JOIN hub.job_kind k USING (kind_id) WHERE k.name IN ('callback.write', 'callback.close', 'callbacks.read')),
            (SELECT count(*) FROM hub.callback_profile p LEFT JOIN hub.callback_check c USING (tenant_id, profile_id)
             WHERE p.deleted_at IS NULL AND p.method <> 'webhook' AND (c.polled_at IS NULL OR c.polled_at < to_timestamp($1)))
        FROM hub.callback
        """)
}
