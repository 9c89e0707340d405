import Postgres

/// Partitions, retention, and calls whose job is gone.
enum HousekeepingStore {
    static let dropPartitions = Statement(
        "timeline_partitions_drop", "SELECT hub.drop_timeline_partitions(make_interval(months => $1))")
    static let forget = Statement(
        "calls_forget", "SELECT hub.forget_calls($1, (now() - make_interval(months => $2))::date, $3)")

    static let forgetHours = Statement(
        "call_hours_forget", "DELETE FROM hub.call_hour WHERE tenant_id = $1 AND hour < now() - make_interval(months => $2)")

    /// Calls of the last `$3` days that wait although no job of theirs is left: it died with its worker, or somebody cancelled it. The
    /// days keep it to an index; without them it reads every call there is.
    static let markLost = Statement(
        "calls_mark_lost",
        """
        WITH lost AS (
            UPDATE hub.call c SET
                state = 'dead', reason = 'job_lost', changed_at = now(),
                error_code = coalesce(c.error_code, 'job_lost')
            WHERE c.tenant_id = $1 AND c.state = 'pending'
              AND c.call_day >= (now() AT TIME ZONE 'UTC')::date - $3::integer
              AND c.changed_at < now() - interval '10 minutes'
              AND NOT EXISTS (SELECT FROM hub.job_key k WHERE k.tenant_id = $1 AND k.key = c.call_id::text)
            RETURNING c.call_id
        )
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, reason, instance_id)
        SELECT $1, 'call', call_id, 'dead', 'job_lost', $2 FROM lost
        """)

    static let statements = [
        dropPartitions, forget, forgetHours, markLost,
    ]
}
