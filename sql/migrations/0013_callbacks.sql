-- Callbacks: checks that know which version of a profile they are of, profiles that stand in Dynamics, open phone calls that are looked at in
-- turn, and more kinds of events in the loss meter.

-- Profiles -----------------------------------------------------------------------------------------------------------------

ALTER TABLE hub.callback_check
    ADD COLUMN profile_version integer NOT NULL DEFAULT 0,
    ADD COLUMN polled_version integer;

COMMENT ON COLUMN hub.callback_check.profile_version IS 'Version of the profile that was looked at; what was found out counts for no other. 0: by a program that did not say.';
COMMENT ON COLUMN hub.callback_check.polled_version IS 'Version of the profile under which its list was last read. Null: never.';

ALTER TABLE hub.callback_profile ADD COLUMN refused text;

COMMENT ON COLUMN hub.callback_profile.refused IS 'Why the profile as it stands in Dynamics can''t be taken; what stands here stays in force. Null: it was taken.';

CREATE OR REPLACE VIEW report.callback_profiles AS
SELECT
    t.name AS tenant, p.profile_id, p.name AS profile, p.source, p.callback_list_name AS list, k.queue_name AS queue, p.ownership_rule,
    p.duplicate_rule, p.method, p.age, p.age_unit, p.enabled, coalesce(k.problem_text, p.problem, p.refused) AS problem, k.checked_at,
    k.polled_at, p.version, p.changed_at, p.changed_by
FROM hub.callback_profile p
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.callback_check k ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
WHERE p.deleted_at IS NULL;

COMMENT ON COLUMN report.callback_profiles.problem IS 'Why it takes nothing in, or why its newest form in Dynamics is not in force; with the remedy. Null: it works.';
COMMENT ON COLUMN report.callback_profiles.checked_at IS 'When both vendors were last asked. Null: not since it changed.';

CREATE OR REPLACE VIEW report.callbacks AS
SELECT
    t.name AS tenant, c.callback_id, c.state, c.reason, c.list_name AS list, c.number, c.requested_at, c.due_at, c.first_seen_at,
    c.written_at, extract(epoch FROM c.written_at - c.first_seen_at)::double precision AS seconds_to_record, c.activity_id,
    c.record_state, c.bundle_id, c.ignored_for, p.name AS profile,
    CASE WHEN c.dynamics_queue_id IS NULL OR c.dynamics_queue_id = p.queue_id THEN k.queue_name END AS queue, c.enreach_state,
    c.close_state, c.closed_at, c.error_code
FROM hub.callback c
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.callback_profile p USING (tenant_id, profile_id)
LEFT JOIN hub.callback_check k ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version;

COMMENT ON COLUMN report.callbacks.queue IS 'Queue in Dynamics. Null: its profile has another queue by now.';

-- What stands already ------------------------------------------------------------------------------------------------------

CREATE INDEX callback_unsettled ON hub.callback (tenant_id, changed_at) WHERE state = 'pending' OR close_state = 'due';
CREATE INDEX callback_open ON hub.callback (tenant_id, callback_id) WHERE state = 'written' AND record_state = 'open';

ALTER TABLE hub.callback_mark
    ADD COLUMN checked_to uuid,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    DROP CONSTRAINT callback_mark_source_check,
    ADD CONSTRAINT callback_mark_source_check CHECK (source IN ('dynamics', 'enreach', 'enreach_told', 'records'));

COMMENT ON COLUMN hub.callback_mark.source IS 'dynamics: phone calls that ended; enreach: requests that changed on lists that are polled; enreach_told: on lists that are not; records: open phone calls, looked at in turn.';
COMMENT ON COLUMN hub.callback_mark.checked_to IS 'Only of records: the request up to which this turn has come. Null: a turn begins.';
COMMENT ON COLUMN hub.callback_mark.changed_at IS 'When the row last changed, by this server''s clock.';

-- The loss meter -----------------------------------------------------------------------------------------------------------

CREATE INDEX callback_by_closing ON hub.callback (tenant_id, closed_at) WHERE closed_at IS NOT NULL;

CREATE FUNCTION hub.webhook_kind(event_type text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN CASE
    WHEN event_type NOT ILIKE '%callback%' THEN 'CallEnded'
    WHEN event_type ILIKE '%closed%' THEN 'CallbackClosed'
    WHEN event_type ILIKE '%created%' THEN 'CallbackCreated'
    ELSE 'CallbackUpdated'
END;

COMMENT ON FUNCTION hub.webhook_kind IS 'Kind of event in the loss meter, under whichever of the vendor''s names.';
CREATE INDEX callback_by_change ON hub.callback (tenant_id, modified_at);

CREATE OR REPLACE FUNCTION hub.webhook_hours(from_at timestamptz, to_at timestamptz)
RETURNS SETOF hub.webhook_hour
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- a view's functions run with the rights of who reads it
SET search_path = hub, pg_temp SET jit = off
AS $$
BEGIN
    -- Callback requests: each is asked whether a webhook told of its beginning, its last change and its end, on lists that have webhooks.
    RETURN QUERY
    WITH listening AS (
        SELECT DISTINCT p.tenant_id, p.callback_list_id FROM hub.callback_profile p
        WHERE p.deleted_at IS NULL AND p.method <> 'polling' AND p.callback_list_id IS NOT NULL
    ), subjects AS (
        SELECT 'CallbackCreated' AS kind, c.tenant_id, c.callback_id, c.first_seen_at AS at, '-infinity'::timestamptz AS since
        FROM listening l
        JOIN hub.callback c ON c.tenant_id = l.tenant_id AND c.list_id = l.callback_list_id
        WHERE c.first_seen_at >= from_at AND c.first_seen_at < to_at
        UNION ALL
        SELECT 'CallbackUpdated', c.tenant_id, c.callback_id, c.modified_at, c.modified_at - interval '1 minute'
        FROM listening l
        JOIN hub.callback c ON c.tenant_id = l.tenant_id AND c.list_id = l.callback_list_id
        WHERE c.modified_at >= from_at AND c.modified_at < to_at AND c.modified_at > c.requested_at + interval '1 second'
          AND c.enreach_state <> 'closed'
        UNION ALL
        SELECT 'CallbackClosed', c.tenant_id, c.callback_id, c.closed_at, '-infinity'
        FROM listening l
        JOIN hub.callback c ON c.tenant_id = l.tenant_id AND c.list_id = l.callback_list_id
        WHERE c.closed_at >= from_at AND c.closed_at < to_at
    )
    SELECT s.tenant_id, s.kind, date_trunc('hour', s.at), count(*), count(e.received_at),
        coalesce(sum(e.copies) - count(e.received_at), 0)::bigint,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY e.delay), percentile_cont(0.95) WITHIN GROUP (ORDER BY e.delay)
    FROM subjects s
    LEFT JOIN LATERAL (
        SELECT min(w.received_at) AS received_at, sum(w.copies) AS copies,
            greatest(extract(epoch FROM min(w.received_at) - min(w.event_at))::double precision, 0) AS delay
        FROM hub.webhook_event w
        WHERE w.tenant_id = s.tenant_id AND w.subject_id = s.callback_id AND hub.webhook_kind(w.event_type) = s.kind
          AND coalesce(w.event_at, w.received_at) >= s.since
    ) e ON true
    GROUP BY s.tenant_id, s.kind, date_trunc('hour', s.at);

    -- Calls, which are many: those of the time and the webhooks around it, side by side.
    RETURN QUERY
    WITH listening AS (
        SELECT t.tenant_id FROM hub.tenant t
        WHERE EXISTS (SELECT FROM hub.webhook_event w WHERE w.tenant_id = t.tenant_id AND w.event_type NOT LIKE 'Callback%')
    ), seen AS MATERIALIZED (
        SELECT c.tenant_id, c.call_id, date_trunc('hour', c.first_seen_at) AS hour
        FROM hub.call c JOIN listening USING (tenant_id)
        WHERE c.first_seen_at >= from_at AND c.first_seen_at < to_at AND c.backfill_id IS NULL
    ), told AS MATERIALIZED (
        SELECT w.tenant_id, w.subject_id, sum(w.copies) AS copies,
            greatest(extract(epoch FROM min(w.received_at) - min(w.event_at))::double precision, 0) AS delay
        FROM hub.webhook_event w
        WHERE w.received_at >= from_at - interval '1 hour' AND w.received_at < to_at + interval '1 hour'
          AND w.event_type NOT LIKE 'Callback%' AND w.subject_id IS NOT NULL
        GROUP BY 1, 2
    )
    SELECT s.tenant_id, 'CallEnded', s.hour, count(*), count(t.subject_id), coalesce(sum(t.copies) - count(t.subject_id), 0)::bigint,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY t.delay), percentile_cont(0.95) WITHIN GROUP (ORDER BY t.delay)
    FROM seen s LEFT JOIN told t ON t.tenant_id = s.tenant_id AND t.subject_id = s.call_id
    GROUP BY s.tenant_id, s.hour;
END
$$;

COMMENT ON COLUMN hub.webhook_hour.event_type IS 'CallbackCreated, CallbackUpdated, CallbackClosed or CallEnded.';
COMMENT ON COLUMN hub.webhook_hour.hour IS 'Beginning of the hour in which the hub first saw it; of an update, in which it was made.';
COMMENT ON COLUMN report.webhook_loss.event_type IS 'CallbackCreated: a request was made; CallbackUpdated: it changed, its last change counts; CallbackClosed: it ended; CallEnded: a call was over. Under whichever of the vendor''s names.';
COMMENT ON COLUMN report.webhook_loss.hour IS 'Hour in which the hub first saw it; of an update, in which it was made.';

-- call-sync serves the same listener, and shows the same meter.
GRANT USAGE ON SCHEMA report TO trunkline_call_sync;
GRANT SELECT ON report.webhook_loss TO trunkline_call_sync;
GRANT EXECUTE ON FUNCTION hub.webhook_hours TO trunkline_call_sync;
