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
        ON CONFLICT (tenant_id, source) DO UPDATE SET read_until = greatest(m.read_until, excluded.read_until)
        """)

    /// Notes phone calls that ended; answers the requests of those that were open as far as the hub knew.
    static let ended = Statement(
        "callback_records_ended",
        """
        UPDATE hub.callback c SET record_state = r.record_state, reason = 'record_ended', changed_at = now()
        FROM unnest($2::uuid[], $3::text[]) AS r (activity_id, record_state)
        WHERE c.tenant_id = $1 AND c.activity_id = r.activity_id AND c.state = 'written' AND c.record_state = 'open'
        RETURNING c.callback_id, c.record_state, c.enreach_state
        """)

    /// Waiting requests whose job is gone, and requests that should be closed long since.
    static let stranded = Statement(
        "callback_stranded",
        """
        SELECT callback_id, number, state = 'pending' FROM hub.callback
        WHERE tenant_id = $1 AND changed_at < now() - interval '10 minutes' AND (state = 'pending' OR close_state = 'due')
        LIMIT 10000
        """)

    static let forget = Statement(
        "callbacks_forget", "SELECT hub.forget_callbacks($1, (now() - make_interval(months => $2))::date, $3)")

    static let loss = Statement(
        "webhook_loss",
        """
        SELECT event_type, sum(told)::bigint, sum(lost)::bigint FROM report.webhook_loss
        WHERE tenant = $1 AND hour >= date_trunc('hour', now()) - interval '1 hour' GROUP BY event_type
        """)

    static let statements = [mark, advance, ended, stranded, forget, loss]
}
