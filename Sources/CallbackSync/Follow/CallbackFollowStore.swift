import FoundationEssentials
import Model
import Postgres

/// How far each side's changes were read, and what they change.
enum CallbackFollowStore {
    static let mark = Statement(
        "callback_mark", "SELECT read_until FROM hub.callback_mark WHERE tenant_id = $1 AND source = $2")

    static let advance = Statement(
        "callback_mark_advance",
        """
        INSERT INTO hub.callback_mark AS m (tenant_id, source, read_until) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, source) DO UPDATE SET
            read_until = greatest(m.read_until, excluded.read_until), changed_at = now()
        """)

    /// Whether the last look is so many seconds ago, by this server's clock.
    static let isDue = Statement(
        "callback_mark_due",
        """
        SELECT NOT EXISTS (
            SELECT FROM hub.callback_mark
            WHERE tenant_id = $1 AND source = $2 AND changed_at > now() - make_interval(secs => $3::double precision))
        """)

    /// The next open phone calls whose turn it is, with the requests they are of.
    static let turn = Statement(
        "callback_turn",
        """
        SELECT callback_id, activity_id FROM hub.callback
        WHERE tenant_id = $1 AND state = 'written' AND record_state = 'open'
          AND callback_id > coalesce(
              (SELECT checked_to FROM hub.callback_mark WHERE tenant_id = $1 AND source = 'records'),
              '00000000-0000-0000-0000-000000000000')
        ORDER BY callback_id LIMIT $2
        """)

    /// The turn has come so far; null: to its end.
    static let turned = Statement(
        "callback_turned",
        """
        INSERT INTO hub.callback_mark AS m (tenant_id, source, read_until, checked_to) VALUES ($1, 'records', now(), $2)
        ON CONFLICT (tenant_id, source) DO UPDATE SET
            read_until = excluded.read_until, checked_to = excluded.checked_to, changed_at = now()
        """)

    /// Which of the requests the hub has; `$3`, and has written.
    static let known = Statement(
        "callback_known_written",
        "SELECT callback_id FROM hub.callback WHERE tenant_id = $1 AND callback_id = ANY ($2) AND (NOT $3 OR state = 'written')")

    /// Notes phone calls that ended; answers the requests of those that were open as far as the hub knew.
    static let ended = Statement(
        "callback_records_ended",
        """
        UPDATE hub.callback c SET
            record_state = r.record_state, changed_at = now(),
            reason = CASE r.record_state WHEN 'deleted' THEN 'deleted_by_human' ELSE 'record_ended' END
        FROM unnest($2::uuid[], $3::text[]) AS r (activity_id, record_state)
        WHERE c.tenant_id = $1 AND c.activity_id = r.activity_id AND c.state = 'written' AND c.record_state = 'open'
        RETURNING c.callback_id, c.record_state, c.enreach_state
        """)

    /// Waiting requests whose job is gone, and requests that should be closed long since.
    static let stranded = Statement(
        "callback_stranded",
        """
        SELECT c.callback_id, c.number, c.state = 'pending', coalesce(c.record_state = 'completed', false) FROM hub.callback c
        WHERE c.tenant_id = $1 AND c.changed_at < now() - interval '10 minutes' AND (c.state = 'pending' OR c.close_state = 'due')
            -- One that waits for its profile has its job.
            AND NOT EXISTS (
                SELECT FROM hub.job_unique u JOIN hub.job_kind k USING (kind_id)
                WHERE c.state = 'pending' AND u.tenant_id = c.tenant_id AND k.name = $2 AND u.unique_key = c.callback_id::text)
        LIMIT 10000
        """)

    static let forget = Statement(
        "callbacks_forget", "SELECT hub.forget_callbacks($1, (now() - make_interval(months => $2))::date, $3)")

    static let statements = [mark, advance, isDue, turn, turned, known, ended, stranded, forget]
}
