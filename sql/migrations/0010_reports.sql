-- Reports that answer at any size: figures kept beside the work or counted after each hour, and the views that read them.
--
-- Three ways of keeping a figure, by what it costs and who writes the rows:
--
--     in the writing transaction    statement triggers on hub.call, hub.route_decision, hub.dataverse_spend: exact, whoever writes
--     after the hour                hub.count_history, called by housekeeping: nothing on the way of a job or a webhook
--     by the chore that counts      hub.job_count writes the backlog down, ten seconds after ten seconds
--
-- docs/database.md says what each costs. Everything in schema report is a plain SELECT: it runs on a hot standby.

-- Calls by state ------------------------------------------------------------------------------------------------------

-- Rows are only added, each with what one statement changed; hub.fold_tallies adds them up now and then. Two writers never meet at
-- a row, and the row of a call stays free of an index on its state, so that writing it stays on its page.
CREATE TABLE hub.call_tally (
    tenant_id integer NOT NULL,
    call_day date NOT NULL,
    state text NOT NULL,
    reason text,
    match_rule text,
    calls bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX call_tally_by_day ON hub.call_tally (call_day, tenant_id);

COMMENT ON TABLE hub.call_tally IS 'How many calls of a day are in which state, as changes to be added up: the sum over all rows of a day is what a count of hub.call would say at that moment. Triggers on hub.call write it.';
COMMENT ON COLUMN hub.call_tally.tenant_id IS 'Whose calls.';
COMMENT ON COLUMN hub.call_tally.call_day IS 'As in hub.call.';
COMMENT ON COLUMN hub.call_tally.state IS 'As in hub.call.';
COMMENT ON COLUMN hub.call_tally.reason IS 'As in hub.call.';
COMMENT ON COLUMN hub.call_tally.match_rule IS 'As in hub.call.';
COMMENT ON COLUMN hub.call_tally.calls IS 'How many came to be so; negative: ceased to be so.';

CREATE TABLE hub.call_unmatched (
    tenant_id integer NOT NULL,
    call_day date NOT NULL,
    number text NOT NULL,
    call_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, call_day, number, call_id)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

COMMENT ON TABLE hub.call_unmatched IS 'Calls in Dynamics that are linked to nobody because nobody in the directory has the other party''s number. A row goes in the transaction in which its call is linked, becomes private or is forgotten. Triggers on hub.call write it.';
COMMENT ON COLUMN hub.call_unmatched.tenant_id IS 'Whose call.';
COMMENT ON COLUMN hub.call_unmatched.call_day IS 'As in hub.call.';
COMMENT ON COLUMN hub.call_unmatched.number IS 'The other party in E.164.';
COMMENT ON COLUMN hub.call_unmatched.call_id IS 'The call.';

CREATE FUNCTION hub.call_added()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the tally
SET search_path = hub, pg_temp
AS $$
BEGIN
    INSERT INTO hub.call_tally (tenant_id, call_day, state, reason, match_rule, calls)
    SELECT tenant_id, call_day, state, reason, match_rule, count(*) FROM added GROUP BY 1, 2, 3, 4, 5;

    INSERT INTO hub.call_unmatched (tenant_id, call_day, number, call_id)
    SELECT tenant_id, call_day, other_number, call_id FROM added
    WHERE match_rule = 'unknown' AND regarding_id IS NULL AND other_number IS NOT NULL AND state IN ('written', 'adopted');
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.call_added IS 'Counts calls that came in.';

CREATE FUNCTION hub.call_changed()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the tally
SET search_path = hub, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    INSERT INTO hub.call_tally (tenant_id, call_day, state, reason, match_rule, calls)
    SELECT tenant_id, call_day, state, reason, match_rule, sum(n)
    FROM (
        SELECT tenant_id, call_day, state, reason, match_rule, 1 AS n FROM changed
        UNION ALL
        SELECT tenant_id, call_day, state, reason, match_rule, -1 FROM previous
    ) AS moved
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;

    WITH moved AS MATERIALIZED (
        SELECT tenant_id, call_day, other_number AS number, call_id, sum(n) AS n
        FROM (
            SELECT tenant_id, call_day, other_number, call_id, state, regarding_id, match_rule, 1 AS n FROM changed
            UNION ALL
            SELECT tenant_id, call_day, other_number, call_id, state, regarding_id, match_rule, -1 FROM previous
        ) AS both_sides
        WHERE match_rule = 'unknown' AND regarding_id IS NULL AND other_number IS NOT NULL AND state IN ('written', 'adopted')
        GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
    ), gone AS (
        DELETE FROM hub.call_unmatched u USING moved m
        WHERE m.n < 0 AND u.tenant_id = m.tenant_id AND u.call_day = m.call_day AND u.number = m.number AND u.call_id = m.call_id
    )
    INSERT INTO hub.call_unmatched (tenant_id, call_day, number, call_id)
    SELECT tenant_id, call_day, number, call_id FROM moved WHERE n > 0
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.call_changed IS 'Counts what changed about calls.';

CREATE FUNCTION hub.call_removed()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the tally
SET search_path = hub, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    INSERT INTO hub.call_tally (tenant_id, call_day, state, reason, match_rule, calls)
    SELECT tenant_id, call_day, state, reason, match_rule, -count(*) FROM removed GROUP BY 1, 2, 3, 4, 5;
    DELETE FROM hub.call_unmatched u USING removed r
    WHERE r.match_rule = 'unknown' AND u.tenant_id = r.tenant_id AND u.call_day = r.call_day AND u.number = r.other_number
      AND u.call_id = r.call_id;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.call_removed IS 'Takes forgotten calls out of the figures.';

CREATE FUNCTION hub.tally_calls(most integer DEFAULT 1)
RETURNS integer
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    missing record;
    counted integer := 0;
BEGIN
    FOR missing IN
        SELECT tenant_id, call_day FROM hub.call_intake WHERE NOT tallied ORDER BY call_day DESC, tenant_id
        LIMIT most FOR UPDATE SKIP LOCKED
    LOOP
        -- One statement, one snapshot: what a transaction does to a call and what it adds to the tally are seen together or not at all.
        INSERT INTO hub.call_tally (tenant_id, call_day, state, reason, match_rule, calls)
        SELECT missing.tenant_id, missing.call_day, state, reason, match_rule, sum(n)
        FROM (
            SELECT state, reason, match_rule, count(*) AS n FROM hub.call
            WHERE tenant_id = missing.tenant_id AND call_day = missing.call_day GROUP BY 1, 2, 3
            UNION ALL
            SELECT state, reason, match_rule, -calls FROM hub.call_tally
            WHERE tenant_id = missing.tenant_id AND call_day = missing.call_day
        ) AS missed
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
        -- Locked, so that nobody links such a call before its row can be seen and deleted.
        INSERT INTO hub.call_unmatched (tenant_id, call_day, number, call_id)
        SELECT tenant_id, call_day, other_number, call_id FROM (
            SELECT tenant_id, call_day, other_number, call_id FROM hub.call
            WHERE tenant_id = missing.tenant_id AND call_day = missing.call_day
              AND match_rule = 'unknown' AND regarding_id IS NULL AND other_number IS NOT NULL AND state IN ('written', 'adopted')
            FOR SHARE
        ) AS unmatched
        ON CONFLICT DO NOTHING;
        UPDATE hub.call_intake SET tallied = true WHERE tenant_id = missing.tenant_id AND call_day = missing.call_day;
        counted := counted + 1;
    END LOOP;
    RETURN counted;
END
$$;

COMMENT ON FUNCTION hub.tally_calls IS 'Counts some days that began before hub.call_tally was there, the newest first; answers how many days, so call it until it answers 0.';

CREATE FUNCTION hub.fold_tallies()
RETURNS bigint
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    WITH scattered AS (
        SELECT tenant_id, call_day FROM hub.call_tally
        GROUP BY tenant_id, call_day HAVING count(*) > count(DISTINCT (state, reason, match_rule))
    ), gone AS (
        DELETE FROM hub.call_tally t USING scattered s
        WHERE t.tenant_id = s.tenant_id AND t.call_day = s.call_day
        RETURNING t.*
    ), added AS (
        INSERT INTO hub.call_tally (tenant_id, call_day, state, reason, match_rule, calls)
        SELECT tenant_id, call_day, state, reason, match_rule, sum(calls) FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING sum(calls) <> 0
    )
    SELECT count(*) FROM gone
$$;

COMMENT ON FUNCTION hub.fold_tallies IS 'Adds up hub.call_tally: one row for what stands there in many. Readers see the sums before or after, which are the same. Answers how many rows it took away.';

-- Routing and the budget, counted where they are written ----------------------------------------------------------------

CREATE TABLE hub.route_hour (
    tenant_id integer NOT NULL,
    hour timestamptz NOT NULL,
    instance_id uuid NOT NULL,
    rule text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    calls bigint NOT NULL,
    took_us bigint NOT NULL,
    longest_us integer NOT NULL,
    PRIMARY KEY (tenant_id, hour, instance_id, rule, outcome, reason)
) WITH (fillfactor = 50);
CREATE INDEX route_hour_by_hour ON hub.route_hour (hour);

COMMENT ON TABLE hub.route_hour IS 'Decisions of routing by the hour, counted as they are written. One row per instance: two never wait for each other. Kept for 400 days, longer than the decisions.';
COMMENT ON COLUMN hub.route_hour.tenant_id IS 'Whose calls.';
COMMENT ON COLUMN hub.route_hour.hour IS 'Beginning of the hour in which the vendor asked.';
COMMENT ON COLUMN hub.route_hour.instance_id IS 'Which run of the router answered.';
COMMENT ON COLUMN hub.route_hour.rule IS 'Rule that decided; empty: none did.';
COMMENT ON COLUMN hub.route_hour.outcome IS 'As in hub.route_decision.';
COMMENT ON COLUMN hub.route_hour.reason IS 'As in hub.route_decision.';
COMMENT ON COLUMN hub.route_hour.calls IS 'How many decisions.';
COMMENT ON COLUMN hub.route_hour.took_us IS 'Microseconds they took together.';
COMMENT ON COLUMN hub.route_hour.longest_us IS 'Microseconds that the slowest took.';

CREATE FUNCTION hub.route_decided()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the figures
SET search_path = hub, pg_temp
AS $$
BEGIN
    INSERT INTO hub.route_hour AS h (tenant_id, hour, instance_id, rule, outcome, reason, calls, took_us, longest_us)
    SELECT tenant_id, date_trunc('hour', at), instance_id, coalesce(rule, ''), outcome, reason, count(*), sum(took_us), max(took_us)
    FROM added GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (tenant_id, hour, instance_id, rule, outcome, reason) DO UPDATE
    SET calls = h.calls + excluded.calls, took_us = h.took_us + excluded.took_us,
        longest_us = greatest(h.longest_us, excluded.longest_us);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.route_decided IS 'Counts decisions of routing.';

CREATE TABLE hub.dataverse_minute (
    tenant_id integer NOT NULL REFERENCES hub.tenant ON DELETE CASCADE,
    minute timestamptz NOT NULL,
    requests bigint NOT NULL DEFAULT 0,
    seconds double precision NOT NULL DEFAULT 0,
    refusals integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, minute)
) WITH (fillfactor = 50);
CREATE INDEX dataverse_minute_by_minute ON hub.dataverse_minute (minute);

COMMENT ON TABLE hub.dataverse_minute IS 'What was spent of the request budget in each minute. Written while the tenant''s row of hub.dataverse_budget is locked, so two never meet here. Kept for 31 days.';
COMMENT ON COLUMN hub.dataverse_minute.tenant_id IS 'Whose environment.';
COMMENT ON COLUMN hub.dataverse_minute.minute IS 'Beginning of the minute in which the requests ended.';
COMMENT ON COLUMN hub.dataverse_minute.requests IS 'How many they were.';
COMMENT ON COLUMN hub.dataverse_minute.seconds IS 'Their execution time together, as the service counts it.';
COMMENT ON COLUMN hub.dataverse_minute.refusals IS 'How often the service refused and the width was halved.';

CREATE FUNCTION hub.dataverse_spent()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the figures
SET search_path = hub, pg_temp
AS $$
BEGIN
    INSERT INTO hub.dataverse_minute AS m (tenant_id, minute, requests, seconds)
    SELECT tenant_id, date_trunc('minute', at), sum(requests), sum(seconds) FROM added GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (tenant_id, minute) DO UPDATE
    SET requests = m.requests + excluded.requests, seconds = m.seconds + excluded.seconds;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.dataverse_spent IS 'Counts what was spent of the request budget.';

CREATE FUNCTION hub.dataverse_refused()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the figures
SET search_path = hub, pg_temp
AS $$
BEGIN
    INSERT INTO hub.dataverse_minute AS m (tenant_id, minute, refusals) VALUES (NEW.tenant_id, date_trunc('minute', NEW.cut_at), 1)
    ON CONFLICT (tenant_id, minute) DO UPDATE SET refusals = m.refusals + 1;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.dataverse_refused IS 'Counts refusals of the service.';

-- The backlog, written down by the chore that counts it -------------------------------------------------------------------

CREATE TABLE hub.job_depth_minute (
    minute timestamptz NOT NULL,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    lane smallint NOT NULL,
    state text NOT NULL,
    jobs bigint NOT NULL,
    oldest_at timestamptz NOT NULL,
    PRIMARY KEY (minute, queue_id, kind_id, lane, state)
) WITH (fillfactor = 70);

COMMENT ON TABLE hub.job_depth_minute IS 'hub.job_depth as it was: the most that was counted in each minute. What was none has no row. Kept for 31 days.';
COMMENT ON COLUMN hub.job_depth_minute.minute IS 'Beginning of the minute.';
COMMENT ON COLUMN hub.job_depth_minute.queue_id IS 'Queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_depth_minute.kind_id IS 'Kind (hub.job_kind).';
COMMENT ON COLUMN hub.job_depth_minute.lane IS 'Lane.';
COMMENT ON COLUMN hub.job_depth_minute.state IS 'State as in hub.jobs.';
COMMENT ON COLUMN hub.job_depth_minute.jobs IS 'The most there were.';
COMMENT ON COLUMN hub.job_depth_minute.oldest_at IS 'When the oldest of them was enqueued.';

GRANT SELECT, INSERT, UPDATE ON hub.job_depth_minute TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;

CREATE OR REPLACE FUNCTION hub.job_count() RETURNS void LANGUAGE plpgsql SET search_path = hub, pg_temp SET jit = off AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    DELETE FROM hub.job_depth;
    INSERT INTO hub.job_depth (queue_id, kind_id, lane, state, jobs, oldest_at)
    SELECT queue_id, kind_id, lane, 'ready', count(*), min(enqueued_at) FROM hub.job_ready GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, 'running', count(*), min(enqueued_at) FROM hub.job_lease GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, 'waiting', count(*), min(enqueued_at) FROM hub.job_wait GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, reason, count(*), min(enqueued_at) FROM hub.job_later GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT queue_id, kind_id, lane, 'dead', count(*), min(enqueued_at) FROM hub.job_dead GROUP BY 1, 2, 3;
    INSERT INTO hub.job_depth_minute AS m (minute, queue_id, kind_id, lane, state, jobs, oldest_at)
    SELECT date_trunc('minute', now()), queue_id, kind_id, lane, state, jobs, oldest_at FROM hub.job_depth
    ON CONFLICT (minute, queue_id, kind_id, lane, state) DO UPDATE
    SET jobs = greatest(m.jobs, excluded.jobs), oldest_at = least(m.oldest_at, excluded.oldest_at);
    UPDATE hub.job_chore SET next_at = clock_timestamp() + greatest(every, (clock_timestamp() - began) * 100) WHERE name = 'depth';
END $$;
COMMENT ON FUNCTION hub.job_count IS 'Counts hub.job_depth anew and keeps it in hub.job_depth_minute. Takes one hundredth of the time at most: counting a long queue takes long and is done seldom.';

-- Counted after the hour --------------------------------------------------------------------------------------------------

CREATE TABLE hub.history_mark (
    name text PRIMARY KEY,
    counted_until timestamptz NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.history_mark IS 'How far the figures that are counted after the hour have come; what is later is counted when somebody asks.';
COMMENT ON COLUMN hub.history_mark.name IS 'jobs: hub.job_hour and hub.job_error_hour; webhooks: hub.webhook_hour.';
COMMENT ON COLUMN hub.history_mark.counted_until IS 'Beginning of the first hour that is not counted.';

INSERT INTO hub.history_mark (name, counted_until)
SELECT 'jobs', date_trunc('hour', least(min(finished_at), now() - interval '1 hour')) FROM hub.job_done
UNION ALL
SELECT 'webhooks', date_trunc('hour', now()) - interval '7 days';

CREATE TABLE hub.job_hour (
    hour timestamptz NOT NULL,
    tenant_id integer NOT NULL,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    done bigint NOT NULL,
    cancelled bigint NOT NULL,
    superseded bigint NOT NULL,
    attempts bigint NOT NULL,
    wait_ms double precision NOT NULL,
    run_ms double precision NOT NULL,
    wait_percentiles double precision[],
    run_percentiles double precision[],
    PRIMARY KEY (hour, tenant_id, queue_id, kind_id)
);

COMMENT ON TABLE hub.job_hour IS 'Finished jobs by hour, tenant and kind, counted from hub.job_done when the hour was over. Kept for 400 days, longer than the jobs.';
COMMENT ON COLUMN hub.job_hour.hour IS 'Beginning of the hour in which they finished.';
COMMENT ON COLUMN hub.job_hour.tenant_id IS 'Whose jobs; 0 = the hub''s own.';
COMMENT ON COLUMN hub.job_hour.queue_id IS 'Queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_hour.kind_id IS 'Kind (hub.job_kind).';
COMMENT ON COLUMN hub.job_hour.done IS 'Jobs done.';
COMMENT ON COLUMN hub.job_hour.cancelled IS 'Jobs cancelled.';
COMMENT ON COLUMN hub.job_hour.superseded IS 'Jobs whose place a newer one took.';
COMMENT ON COLUMN hub.job_hour.attempts IS 'Attempts that the jobs done took together.';
COMMENT ON COLUMN hub.job_hour.wait_ms IS 'Milliseconds from enqueue to the last claim, all jobs done together.';
COMMENT ON COLUMN hub.job_hour.run_ms IS 'Milliseconds that their handlers took, all jobs done together.';
COMMENT ON COLUMN hub.job_hour.wait_percentiles IS 'Milliseconds from enqueue to the last claim within which 50, 95 and 99 of 100 jobs were; null: no job was done.';
COMMENT ON COLUMN hub.job_hour.run_percentiles IS 'As wait_percentiles, of the handlers'' time.';

CREATE TABLE hub.job_error_hour (
    hour timestamptz NOT NULL,
    tenant_id integer NOT NULL,
    kind_id smallint NOT NULL,
    code text NOT NULL,
    error text NOT NULL,
    recovered bigint NOT NULL,
    cancelled bigint NOT NULL,
    dead bigint NOT NULL,
    newest_job bigint NOT NULL
);
CREATE INDEX job_error_hour_by_hour ON hub.job_error_hour (hour);

COMMENT ON TABLE hub.job_error_hour IS 'What went wrong with jobs that came to an end, by hour, counted from hub.job_done and hub.job_dead when the hour was over. Kept for 400 days, longer than the jobs.';
COMMENT ON COLUMN hub.job_error_hour.hour IS 'Beginning of the hour in which the jobs ended.';
COMMENT ON COLUMN hub.job_error_hour.tenant_id IS 'Whose jobs; 0 = the hub''s own.';
COMMENT ON COLUMN hub.job_error_hour.kind_id IS 'Kind (hub.job_kind).';
COMMENT ON COLUMN hub.job_error_hour.code IS 'Code of the last error; empty: it had none.';
COMMENT ON COLUMN hub.job_error_hour.error IS 'Its text by hub.normalise_error.';
COMMENT ON COLUMN hub.job_error_hour.recovered IS 'Jobs that were done after it.';
COMMENT ON COLUMN hub.job_error_hour.cancelled IS 'Jobs that were cancelled after it.';
COMMENT ON COLUMN hub.job_error_hour.dead IS 'Jobs that died of it and were still dead when the hour was counted.';
COMMENT ON COLUMN hub.job_error_hour.newest_job IS 'Id of the newest of them.';

CREATE TABLE hub.webhook_hour (
    tenant_id integer NOT NULL,
    event_type text NOT NULL,
    hour timestamptz NOT NULL,
    happened bigint NOT NULL,
    told bigint NOT NULL,
    repeated bigint NOT NULL,
    delay_p50 double precision,
    delay_p95 double precision,
    PRIMARY KEY (tenant_id, event_type, hour)
);
CREATE INDEX webhook_hour_by_hour ON hub.webhook_hour (hour);

COMMENT ON TABLE hub.webhook_hour IS 'The loss meter by the hour, counted when the hour was over. Kept for 400 days.';
COMMENT ON COLUMN hub.webhook_hour.tenant_id IS 'Whose webhooks.';
COMMENT ON COLUMN hub.webhook_hour.event_type IS 'CallbackCreated or CallEnded.';
COMMENT ON COLUMN hub.webhook_hour.hour IS 'Beginning of the hour in which the hub first saw what happened.';
COMMENT ON COLUMN hub.webhook_hour.happened IS 'How much happened, by the API''s account.';
COMMENT ON COLUMN hub.webhook_hour.told IS 'How much of it a webhook told.';
COMMENT ON COLUMN hub.webhook_hour.repeated IS 'Webhooks beyond the first of each.';
COMMENT ON COLUMN hub.webhook_hour.delay_p50 IS 'Seconds from the event to its webhook, of half of them or more. Null: none told, or none had a time.';
COMMENT ON COLUMN hub.webhook_hour.delay_p95 IS 'As delay_p50, of 95 in 100.';

-- Neither changes in the life of a row, so an update of the row stays on its page.
CREATE INDEX callback_by_first_seen ON hub.callback (tenant_id, first_seen_at);
CREATE INDEX callback_by_request_day ON hub.callback (callback_day);

CREATE FUNCTION hub.job_hours(from_at timestamptz, to_at timestamptz)
RETURNS SETOF hub.job_hour
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- a view's functions run with the rights of who reads it
SET search_path = hub, pg_temp SET jit = off SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT date_trunc('hour', finished_at), tenant_id, queue_id, kind_id,
        count(*) FILTER (WHERE outcome = 'done'), count(*) FILTER (WHERE outcome = 'cancelled'),
        count(*) FILTER (WHERE outcome = 'superseded'), coalesce(sum(attempts) FILTER (WHERE outcome = 'done'), 0)::bigint,
        coalesce(sum(wait_ms), 0), coalesce(sum(own_ms), 0),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY wait_ms),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY own_ms)
    FROM (
        SELECT finished_at, tenant_id, queue_id, kind_id, outcome, attempts,
            CASE WHEN outcome = 'done' THEN (extract(epoch FROM claimed_at - enqueued_at) * 1000)::double precision END AS wait_ms,
            CASE WHEN outcome = 'done' THEN run_ms::double precision END AS own_ms
        FROM hub.job_done WHERE finished_at >= from_at AND finished_at < to_at
    ) AS finished
    GROUP BY 1, 2, 3, 4;
END
$$;

COMMENT ON FUNCTION hub.job_hours IS 'Counts hub.job_hour from the history, for jobs that finished within a time.';

CREATE FUNCTION hub.job_errors(from_at timestamptz, to_at timestamptz)
RETURNS SETOF hub.job_error_hour
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- a view's functions run with the rights of who reads it
SET search_path = hub, pg_temp SET jit = off SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT hour, tenant_id, kind_id, coalesce(error ->> 'code', ''), hub.normalise_error(coalesce(error ->> 'message', '')),
        count(*) FILTER (WHERE ended = 'done'), count(*) FILTER (WHERE ended = 'cancelled'), count(*) FILTER (WHERE ended = 'dead'),
        max(id)
    FROM (
        SELECT date_trunc('hour', finished_at) AS hour, tenant_id, kind_id, error, outcome AS ended, id
        FROM hub.job_done WHERE finished_at >= from_at AND finished_at < to_at AND error IS NOT NULL AND outcome <> 'superseded'
        UNION ALL
        SELECT date_trunc('hour', died_at), tenant_id, kind_id, error, 'dead', id
        FROM hub.job_dead WHERE died_at >= from_at AND died_at < to_at
    ) AS failed
    GROUP BY 1, 2, 3, 4, 5;
END
$$;

COMMENT ON FUNCTION hub.job_errors IS 'Counts hub.job_error_hour from history and dead letter, for jobs that ended within a time.';

CREATE FUNCTION hub.webhook_hours(from_at timestamptz, to_at timestamptz)
RETURNS SETOF hub.webhook_hour
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- a view's functions run with the rights of who reads it
SET search_path = hub, pg_temp SET jit = off
AS $$
BEGIN
    -- Callback requests: each is asked whether a webhook told of it, on lists that have webhooks.
    RETURN QUERY
    SELECT c.tenant_id, 'CallbackCreated', date_trunc('hour', c.first_seen_at), count(*), count(e.received_at),
        coalesce(sum(e.copies) - count(e.received_at), 0)::bigint,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY e.delay), percentile_cont(0.95) WITHIN GROUP (ORDER BY e.delay)
    FROM hub.callback c
    JOIN hub.callback_profile p ON p.tenant_id = c.tenant_id AND p.callback_list_id = c.list_id AND p.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT min(w.received_at) AS received_at, sum(w.copies) AS copies,
            greatest(extract(epoch FROM min(w.received_at) - min(w.event_at))::double precision, 0) AS delay
        FROM hub.webhook_event w WHERE w.tenant_id = c.tenant_id AND w.subject_id = c.callback_id
    ) e ON true
    WHERE p.method <> 'polling' AND c.first_seen_at >= from_at AND c.first_seen_at < to_at
    GROUP BY 1, 3;

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

COMMENT ON FUNCTION hub.webhook_hours IS 'Counts hub.webhook_hour, for what the hub first saw within a time.';

CREATE FUNCTION hub.count_hours(most integer DEFAULT 6)
RETURNS integer
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    mark hub.history_mark;
    -- Who began a transaction before the hour ended may commit after it; nobody's takes so long.
    ended CONSTANT timestamptz := date_trunc('hour', now() - interval '15 minutes');
    counted integer := 0;
    done integer;
    following timestamptz;
BEGIN
    FOR mark IN SELECT * FROM hub.history_mark WHERE counted_until < ended ORDER BY name FOR UPDATE SKIP LOCKED LOOP
        done := 0;
        WHILE mark.counted_until < ended AND done < most LOOP
            following := mark.counted_until + interval '1 hour';
            CASE mark.name
                WHEN 'jobs' THEN
                    INSERT INTO hub.job_hour SELECT * FROM hub.job_hours(mark.counted_until, following);
                    INSERT INTO hub.job_error_hour SELECT * FROM hub.job_errors(mark.counted_until, following);
                WHEN 'webhooks' THEN
                    INSERT INTO hub.webhook_hour SELECT * FROM hub.webhook_hours(mark.counted_until, following);
            END CASE;
            mark.counted_until := following;
            done := done + 1;
        END LOOP;
        UPDATE hub.history_mark SET counted_until = mark.counted_until WHERE name = mark.name;
        counted := counted + done;
    END LOOP;
    RETURN counted;
END
$$;

COMMENT ON FUNCTION hub.count_hours IS 'Counts hours that are over, some of each kind; answers how many.';

CREATE FUNCTION hub.forget_history()
RETURNS void
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    DELETE FROM hub.job_hour WHERE hour < now() - interval '400 days';
    DELETE FROM hub.job_error_hour WHERE hour < now() - interval '400 days';
    DELETE FROM hub.webhook_hour WHERE hour < now() - interval '400 days';
    DELETE FROM hub.route_hour WHERE hour < now() - interval '400 days';
    DELETE FROM hub.job_depth_minute WHERE minute < now() - interval '31 days';
    DELETE FROM hub.dataverse_minute WHERE minute < now() - interval '31 days';
$$;

COMMENT ON FUNCTION hub.forget_history IS 'Retention of the figures: 400 days by the hour, 31 by the minute.';

CREATE FUNCTION hub.count_history()
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the figures
SET search_path = hub, pg_temp
AS $$
DECLARE
    counted integer := hub.count_hours() + hub.tally_calls();
BEGIN
    IF counted = 0 THEN
        PERFORM hub.fold_tallies();
        PERFORM hub.forget_history();
    END IF;
    RETURN counted;
END
$$;

COMMENT ON FUNCTION hub.count_history IS 'Brings the figures of finished hours and days up to date, some at a time: call it until it answers 0, which is when it also adds up and forgets.';
GRANT EXECUTE ON FUNCTION hub.count_history TO trunkline_call_sync, trunkline_callback_sync, trunkline_operator;

-- Decisions that stand already. The lock lets nobody write between the count and the trigger; routers keep what they have meanwhile.
LOCK TABLE hub.route_decision IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO hub.route_hour (tenant_id, hour, instance_id, rule, outcome, reason, calls, took_us, longest_us)
SELECT tenant_id, date_trunc('hour', at), instance_id, coalesce(rule, ''), outcome, reason, count(*), sum(took_us), max(took_us)
FROM hub.route_decision GROUP BY 1, 2, 3, 4, 5, 6;
CREATE TRIGGER route_decided AFTER INSERT ON hub.route_decision
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.route_decided();

-- Days that began before there was a tally are counted from hub.call until hub.tally_calls has caught up.
ALTER TABLE hub.call_intake ADD COLUMN tallied boolean NOT NULL DEFAULT false;
ALTER TABLE hub.call_intake ALTER COLUMN tallied SET DEFAULT true;
COMMENT ON COLUMN hub.call_intake.tallied IS 'Whether hub.call_tally has the whole day. False: the day began before that table was there.';
CREATE INDEX call_intake_untallied ON hub.call_intake (call_day) WHERE NOT tallied;


-- Views -------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_percentile(buckets bigint[], share double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bounds CONSTANT double precision[] := '{1,3,10,30,100,300,1000,3000,10000,30000,100000,infinity}';
    wanted CONSTANT double precision := share * (SELECT sum(jobs) FROM unnest(buckets) AS jobs);
    so_far bigint := 0;
BEGIN
    IF wanted > 0 THEN
        FOR place IN 1 .. cardinality(bounds) LOOP
            so_far := so_far + buckets[place];
            IF so_far >= wanted THEN RETURN bounds[place]; END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.job_percentile IS 'Upper end in milliseconds of the step of hub.job_stat within which that share of the jobs lies; null without jobs.';

-- A view's functions run with the rights of who reads it; without USAGE on schema hub nobody can call them by name.
GRANT EXECUTE ON FUNCTION hub.job_percentile, hub.job_hours, hub.webhook_hours TO
    trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor;
-- Errors are texts of the vendors and may name people: figures are watched without them.
GRANT EXECUTE ON FUNCTION hub.job_errors TO trunkline_report, trunkline_console, trunkline_operator;
-- Backfills count waiting calls on days that have any.
GRANT SELECT ON hub.call_tally TO trunkline_call_sync, trunkline_console, trunkline_operator;
GRANT EXECUTE ON FUNCTION hub.webhook_hours TO trunkline_callback_sync;

CREATE OR REPLACE VIEW report.daily_balance AS
WITH counted AS (
    SELECT tenant_id, call_day, state, reason, sum(calls) AS calls, 0::numeric AS seen
    FROM hub.call_tally t
    WHERE NOT EXISTS (
        SELECT FROM hub.call_intake i WHERE i.tenant_id = t.tenant_id AND i.call_day = t.call_day AND NOT i.tallied)
    GROUP BY tenant_id, call_day, state, reason
    UNION ALL
    SELECT c.tenant_id, c.call_day, c.state, c.reason, count(*), 0
    FROM hub.call_intake i JOIN hub.call c ON c.tenant_id = i.tenant_id AND c.call_day = i.call_day
    WHERE NOT i.tallied
    GROUP BY c.tenant_id, c.call_day, c.state, c.reason
    UNION ALL
    SELECT tenant_id, call_day, 'seen', NULL, 0, seen FROM hub.call_intake
), states AS (
    SELECT tenant_id, call_day,
        sum(seen)::bigint AS seen,
        coalesce(sum(calls) FILTER (WHERE state = 'written'), 0)::bigint AS written,
        coalesce(sum(calls) FILTER (WHERE state = 'adopted'), 0)::bigint AS adopted,
        coalesce(sum(calls) FILTER (WHERE state = 'skipped'), 0)::bigint AS skipped,
        coalesce(jsonb_object_agg(reason, calls) FILTER (WHERE state = 'skipped' AND calls <> 0), '{}') AS skipped_by_reason,
        coalesce(sum(calls) FILTER (WHERE state = 'pending'), 0)::bigint AS pending,
        coalesce(sum(calls) FILTER (WHERE state = 'dead'), 0)::bigint AS dead,
        coalesce(sum(calls) FILTER (WHERE state = 'withdrawn'), 0)::bigint AS withdrawn,
        sum(calls)::bigint AS all_states
    FROM counted
    GROUP BY tenant_id, call_day
    HAVING bool_or(calls <> 0 OR state = 'seen')
)
SELECT
    t.name AS tenant, s.call_day AS day, s.seen, s.written, s.adopted, s.skipped, s.skipped_by_reason, s.pending, s.dead,
    s.withdrawn, s.seen - s.all_states AS difference
FROM states s
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.daily_balance IS 'Per tenant and UTC day of the calls'' start: seen = written + adopted + skipped + pending + dead + withdrawn.';

CREATE VIEW report.matching_by_day AS
SELECT
    t.name AS tenant, c.call_day AS day, coalesce(c.match_rule, '') AS match_rule,
    CASE
        WHEN c.match_rule ~ '(^|_)ambiguous$' THEN 'ambiguous'
        WHEN c.match_rule IN ('unknown', 'gone') THEN 'unmatched'
        WHEN c.match_rule IN ('no_number', 'own_number', 'decided_nobody', 'off') THEN 'nobody'
        WHEN c.match_rule IS NULL THEN 'not looked for'
        ELSE 'linked'
    END AS outcome,
    sum(c.calls)::bigint AS calls
FROM hub.call_tally c
JOIN hub.tenant t USING (tenant_id)
WHERE c.state IN ('written', 'adopted')
  AND NOT EXISTS (
        SELECT FROM hub.call_intake i WHERE i.tenant_id = c.tenant_id AND i.call_day = c.call_day AND NOT i.tallied)
GROUP BY t.name, c.call_day, c.match_rule
HAVING sum(c.calls) <> 0;

COMMENT ON VIEW report.matching_by_day IS 'How the other parties of the calls in Dynamics were looked for, per tenant and UTC day of the calls'' start.';
COMMENT ON COLUMN report.matching_by_day.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.matching_by_day.day IS 'UTC day on which the calls started, as first seen.';
COMMENT ON COLUMN report.matching_by_day.match_rule IS 'Rule that found whom the calls are regarding, or the reason why nobody was (docs/directory.md); empty: nobody was looked for.';
COMMENT ON COLUMN report.matching_by_day.outcome IS 'linked; unmatched: nobody has the number; ambiguous: several have it; nobody: there is nobody to be found; not looked for.';
COMMENT ON COLUMN report.matching_by_day.calls IS 'How many calls.';

CREATE VIEW report.unmatched_calls AS
SELECT t.name AS tenant, u.call_day AS day, u.number, u.call_id
FROM hub.call_unmatched u
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.unmatched_calls IS 'Calls in Dynamics that are linked to nobody, because nobody in the directory has the number.';
COMMENT ON COLUMN report.unmatched_calls.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.unmatched_calls.day IS 'UTC day on which the call started, as first seen.';
COMMENT ON COLUMN report.unmatched_calls.number IS 'The other party in E.164.';
COMMENT ON COLUMN report.unmatched_calls.call_id IS 'Enreach''s id of the call; `trunkline why` tells its story.';

CREATE VIEW report.ambiguous_numbers AS
SELECT t.name AS tenant, a.number, a.calls, a.candidates, a.first_at, a.last_at
FROM hub.directory_ambiguity a
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.ambiguous_numbers IS 'Numbers whose calls are linked to nobody, because several have them and nobody has decided: `trunkline matches` does.';
COMMENT ON COLUMN report.ambiguous_numbers.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.ambiguous_numbers.number IS 'The number in E.164.';
COMMENT ON COLUMN report.ambiguous_numbers.calls IS 'Calls and callbacks that could not be linked.';
COMMENT ON COLUMN report.ambiguous_numbers.candidates IS 'How many came into question the last time.';
COMMENT ON COLUMN report.ambiguous_numbers.first_at IS 'Start of the first of these calls.';
COMMENT ON COLUMN report.ambiguous_numbers.last_at IS 'Start of the latest.';

CREATE VIEW report.people_without_match AS
SELECT
    t.name AS tenant, 'dynamics' AS side, p.full_name AS name, coalesce(p.enreach_email, p.email) AS email,
    p.match_state AS state, p.match_reason AS reason, cardinality(p.candidates) AS candidates, p.matched_at AS since
FROM hub.person p
JOIN hub.tenant t USING (tenant_id)
WHERE p.match_state IS DISTINCT FROM 'matched' AND NOT p.disabled
UNION ALL
SELECT t.name, 'enreach', e.full_name, e.email, e.match_state, e.match_reason, 0, e.changed_at
FROM hub.enreach_user e
JOIN hub.tenant t USING (tenant_id)
WHERE e.match_state <> 'matched' AND e.gone_at IS NULL;

COMMENT ON VIEW report.people_without_match IS 'Users of either side who are nobody on the other, and why. Those disabled in Dynamics or gone from Enreach are left out.';
COMMENT ON COLUMN report.people_without_match.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.people_without_match.side IS 'dynamics or enreach: where the user is.';
COMMENT ON COLUMN report.people_without_match.name IS 'Name there.';
COMMENT ON COLUMN report.people_without_match.email IS 'Address by which a match was looked for.';
COMMENT ON COLUMN report.people_without_match.state IS 'unmatched or ambiguous; null before the first look.';
COMMENT ON COLUMN report.people_without_match.reason IS 'Why, as a code (docs/people.md).';
COMMENT ON COLUMN report.people_without_match.candidates IS 'How many Enreach users are in question.';
COMMENT ON COLUMN report.people_without_match.since IS 'When that came to be so.';

CREATE VIEW report.queue_history AS
SELECT
    h.minute, q.name AS queue, k.name AS kind, h.done, h.retried, h.snoozed, h.returned, h.dead, h.cancelled,
    hub.job_percentile(h.waits, 0.50) AS wait_p50_ms, hub.job_percentile(h.waits, 0.95) AS wait_p95_ms,
    hub.job_percentile(h.waits, 0.99) AS wait_p99_ms,
    hub.job_percentile(h.runs, 0.50) AS run_p50_ms, hub.job_percentile(h.runs, 0.95) AS run_p95_ms,
    hub.job_percentile(h.runs, 0.99) AS run_p99_ms
FROM (
    SELECT s.minute, s.queue_id, s.kind_id,
        sum(s.done)::bigint AS done, sum(s.retried)::bigint AS retried, sum(s.snoozed)::bigint AS snoozed,
        sum(s.returned)::bigint AS returned, sum(s.dead)::bigint AS dead, sum(s.cancelled)::bigint AS cancelled,
        ARRAY[sum(s.wait_buckets[1]), sum(s.wait_buckets[2]), sum(s.wait_buckets[3]), sum(s.wait_buckets[4]),
            sum(s.wait_buckets[5]), sum(s.wait_buckets[6]), sum(s.wait_buckets[7]), sum(s.wait_buckets[8]),
            sum(s.wait_buckets[9]), sum(s.wait_buckets[10]), sum(s.wait_buckets[11]), sum(s.wait_buckets[12])]::bigint[] AS waits,
        ARRAY[sum(s.run_buckets[1]), sum(s.run_buckets[2]), sum(s.run_buckets[3]), sum(s.run_buckets[4]),
            sum(s.run_buckets[5]), sum(s.run_buckets[6]), sum(s.run_buckets[7]), sum(s.run_buckets[8]),
            sum(s.run_buckets[9]), sum(s.run_buckets[10]), sum(s.run_buckets[11]), sum(s.run_buckets[12])]::bigint[] AS runs
    FROM hub.job_stat s
    GROUP BY s.minute, s.queue_id, s.kind_id
) h
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id);

COMMENT ON VIEW report.queue_history IS 'What the workers did in each minute, by queue and kind.';
COMMENT ON COLUMN report.queue_history.minute IS 'Beginning of the minute.';
COMMENT ON COLUMN report.queue_history.queue IS 'Name of the queue.';
COMMENT ON COLUMN report.queue_history.kind IS 'What was done.';
COMMENT ON COLUMN report.queue_history.done IS 'Jobs done.';
COMMENT ON COLUMN report.queue_history.retried IS 'Attempts that failed and are tried again.';
COMMENT ON COLUMN report.queue_history.snoozed IS 'Jobs put off by their handler.';
COMMENT ON COLUMN report.queue_history.returned IS 'Jobs handed back unfinished: the worker stopped.';
COMMENT ON COLUMN report.queue_history.dead IS 'Jobs given up.';
COMMENT ON COLUMN report.queue_history.cancelled IS 'Jobs cancelled by their handler.';
COMMENT ON COLUMN report.queue_history.wait_p50_ms IS 'Half of the jobs done were claimed so many milliseconds after they were enqueued, or sooner (upper end of the step).';
COMMENT ON COLUMN report.queue_history.wait_p95_ms IS 'As wait_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.queue_history.wait_p99_ms IS 'As wait_p50_ms, for 99 of 100.';
COMMENT ON COLUMN report.queue_history.run_p50_ms IS 'Half of the jobs done took their handler so many milliseconds, or fewer (upper end of the step).';
COMMENT ON COLUMN report.queue_history.run_p95_ms IS 'As run_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.queue_history.run_p99_ms IS 'As run_p50_ms, for 99 of 100.';

CREATE VIEW report.queue_history_by_hour AS
SELECT
    h.hour, q.name AS queue, k.name AS kind, h.done, h.retried, h.snoozed, h.returned, h.dead, h.cancelled,
    hub.job_percentile(h.waits, 0.50) AS wait_p50_ms, hub.job_percentile(h.waits, 0.95) AS wait_p95_ms,
    hub.job_percentile(h.waits, 0.99) AS wait_p99_ms,
    hub.job_percentile(h.runs, 0.50) AS run_p50_ms, hub.job_percentile(h.runs, 0.95) AS run_p95_ms,
    hub.job_percentile(h.runs, 0.99) AS run_p99_ms
FROM (
    -- From hour to hour, because a condition on the hour reaches the table's index through this, and not through date_trunc.
    SELECT hours.hour, flow.*
    FROM generate_series(
        (SELECT date_trunc('hour', min(minute)) FROM hub.job_stat), (SELECT max(minute) FROM hub.job_stat), interval '1 hour') AS hours (hour)
    CROSS JOIN LATERAL (
        SELECT s.queue_id, s.kind_id,
            sum(s.done)::bigint AS done, sum(s.retried)::bigint AS retried, sum(s.snoozed)::bigint AS snoozed,
            sum(s.returned)::bigint AS returned, sum(s.dead)::bigint AS dead, sum(s.cancelled)::bigint AS cancelled,
            ARRAY[sum(s.wait_buckets[1]), sum(s.wait_buckets[2]), sum(s.wait_buckets[3]), sum(s.wait_buckets[4]),
                sum(s.wait_buckets[5]), sum(s.wait_buckets[6]), sum(s.wait_buckets[7]), sum(s.wait_buckets[8]),
                sum(s.wait_buckets[9]), sum(s.wait_buckets[10]), sum(s.wait_buckets[11]), sum(s.wait_buckets[12])]::bigint[] AS waits,
            ARRAY[sum(s.run_buckets[1]), sum(s.run_buckets[2]), sum(s.run_buckets[3]), sum(s.run_buckets[4]),
                sum(s.run_buckets[5]), sum(s.run_buckets[6]), sum(s.run_buckets[7]), sum(s.run_buckets[8]),
                sum(s.run_buckets[9]), sum(s.run_buckets[10]), sum(s.run_buckets[11]), sum(s.run_buckets[12])]::bigint[] AS runs
        FROM hub.job_stat s
        WHERE s.minute >= hours.hour AND s.minute < hours.hour + interval '1 hour'
        GROUP BY s.queue_id, s.kind_id
    ) AS flow
) h
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id);

COMMENT ON VIEW report.queue_history_by_hour IS 'What the workers did in each hour, by queue and kind.';
COMMENT ON COLUMN report.queue_history_by_hour.hour IS 'Beginning of the hour.';
COMMENT ON COLUMN report.queue_history_by_hour.queue IS 'Name of the queue.';
COMMENT ON COLUMN report.queue_history_by_hour.kind IS 'What was done.';
COMMENT ON COLUMN report.queue_history_by_hour.done IS 'Jobs done.';
COMMENT ON COLUMN report.queue_history_by_hour.retried IS 'Attempts that failed and are tried again.';
COMMENT ON COLUMN report.queue_history_by_hour.snoozed IS 'Jobs put off by their handler.';
COMMENT ON COLUMN report.queue_history_by_hour.returned IS 'Jobs handed back unfinished: the worker stopped.';
COMMENT ON COLUMN report.queue_history_by_hour.dead IS 'Jobs given up.';
COMMENT ON COLUMN report.queue_history_by_hour.cancelled IS 'Jobs cancelled by their handler.';
COMMENT ON COLUMN report.queue_history_by_hour.wait_p50_ms IS 'Half of the jobs done were claimed so many milliseconds after they were enqueued, or sooner (upper end of the step).';
COMMENT ON COLUMN report.queue_history_by_hour.wait_p95_ms IS 'As wait_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.queue_history_by_hour.wait_p99_ms IS 'As wait_p50_ms, for 99 of 100.';
COMMENT ON COLUMN report.queue_history_by_hour.run_p50_ms IS 'Half of the jobs done took their handler so many milliseconds, or fewer (upper end of the step).';
COMMENT ON COLUMN report.queue_history_by_hour.run_p95_ms IS 'As run_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.queue_history_by_hour.run_p99_ms IS 'As run_p50_ms, for 99 of 100.';

CREATE VIEW report.backlog_history AS
SELECT
    d.minute, q.name AS queue, k.name AS kind, d.lane, d.state, d.jobs, d.oldest_at,
    greatest(extract(epoch FROM d.minute - d.oldest_at), 0)::double precision AS oldest_seconds
FROM hub.job_depth_minute d
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id);

COMMENT ON VIEW report.backlog_history IS 'Jobs that were not finished, in each minute: report.queue_state as it was. What was none has no row.';
COMMENT ON COLUMN report.backlog_history.minute IS 'Beginning of the minute.';
COMMENT ON COLUMN report.backlog_history.queue IS 'Name of the queue.';
COMMENT ON COLUMN report.backlog_history.kind IS 'What was to be done.';
COMMENT ON COLUMN report.backlog_history.lane IS '0 live, 1 callback, 2 late, 3 backfill.';
COMMENT ON COLUMN report.backlog_history.state IS 'ready, running, waiting, scheduled, retry, snoozed, held, dead.';
COMMENT ON COLUMN report.backlog_history.jobs IS 'The most that were counted in that minute.';
COMMENT ON COLUMN report.backlog_history.oldest_at IS 'When the oldest of them was enqueued.';
COMMENT ON COLUMN report.backlog_history.oldest_seconds IS 'How long before that minute it was.';

CREATE VIEW report.pauses AS
SELECT k.name AS kind, t.name AS tenant, p.reason, p.paused_by, p.paused_at
FROM hub.job_pause p
LEFT JOIN hub.job_kind k USING (kind_id)
LEFT JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.pauses IS 'What operators have paused: jobs that a row fits wait until it is resumed.';
COMMENT ON COLUMN report.pauses.kind IS 'Kind of job. Null: every kind.';
COMMENT ON COLUMN report.pauses.tenant IS 'Name of the tenant. Null: every tenant.';
COMMENT ON COLUMN report.pauses.reason IS 'Why, in the operator''s words.';
COMMENT ON COLUMN report.pauses.paused_by IS 'Who paused it.';
COMMENT ON COLUMN report.pauses.paused_at IS 'Since when.';

CREATE VIEW report.job_throughput AS
SELECT
    coalesce(t.name, '') AS tenant, h.hour, q.name AS queue, k.name AS kind, h.done, h.cancelled, h.superseded, h.attempts,
    h.wait_ms / nullif(h.done, 0) AS wait_average_ms, h.wait_percentiles[1] AS wait_p50_ms, h.wait_percentiles[2] AS wait_p95_ms,
    h.wait_percentiles[3] AS wait_p99_ms,
    h.run_ms / nullif(h.done, 0) AS run_average_ms, h.run_percentiles[1] AS run_p50_ms, h.run_percentiles[2] AS run_p95_ms,
    h.run_percentiles[3] AS run_p99_ms
FROM (
    SELECT * FROM hub.job_hour
    UNION ALL
    SELECT j.* FROM hub.history_mark m CROSS JOIN LATERAL hub.job_hours(m.counted_until, 'infinity') j WHERE m.name = 'jobs'
) h
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id)
LEFT JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.job_throughput IS 'Jobs that finished in each hour, by tenant and kind, with how long they waited and ran; further back than the jobs themselves are kept.';
COMMENT ON COLUMN report.job_throughput.tenant IS 'Name of the tenant; empty for the hub''s own jobs.';
COMMENT ON COLUMN report.job_throughput.hour IS 'Start of the hour in which they finished.';
COMMENT ON COLUMN report.job_throughput.queue IS 'Name of the queue.';
COMMENT ON COLUMN report.job_throughput.kind IS 'What was done.';
COMMENT ON COLUMN report.job_throughput.done IS 'Jobs done.';
COMMENT ON COLUMN report.job_throughput.cancelled IS 'Jobs cancelled by their handler or by an operator.';
COMMENT ON COLUMN report.job_throughput.superseded IS 'Jobs whose place a newer one took.';
COMMENT ON COLUMN report.job_throughput.attempts IS 'Attempts that the jobs done took together.';
COMMENT ON COLUMN report.job_throughput.wait_average_ms IS 'Milliseconds from enqueue to the last claim, on average of the jobs done.';
COMMENT ON COLUMN report.job_throughput.wait_p50_ms IS 'Half of the jobs done were claimed so many milliseconds after they were enqueued, or sooner.';
COMMENT ON COLUMN report.job_throughput.wait_p95_ms IS 'As wait_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.job_throughput.wait_p99_ms IS 'As wait_p50_ms, for 99 of 100.';
COMMENT ON COLUMN report.job_throughput.run_average_ms IS 'Milliseconds that their handler took, on average; a batch''s time counts for each of its jobs.';
COMMENT ON COLUMN report.job_throughput.run_p50_ms IS 'Half of the jobs done took their handler so many milliseconds, or fewer.';
COMMENT ON COLUMN report.job_throughput.run_p95_ms IS 'As run_p50_ms, for 95 of 100.';
COMMENT ON COLUMN report.job_throughput.run_p99_ms IS 'As run_p50_ms, for 99 of 100.';

CREATE VIEW report.error_history AS
SELECT
    coalesce(t.name, '') AS tenant, h.hour, k.name AS kind, h.code, h.error, h.recovered, h.cancelled, h.dead, h.newest_job
FROM (
    SELECT * FROM hub.job_error_hour
    UNION ALL
    SELECT j.* FROM hub.history_mark m CROSS JOIN LATERAL hub.job_errors(m.counted_until, 'infinity') j WHERE m.name = 'jobs'
) h
JOIN hub.job_kind k USING (kind_id)
LEFT JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.error_history IS 'What went wrong with jobs that have ended since, by hour: overcome, cancelled or given up. report.failures has what waits for an operator now.';
COMMENT ON COLUMN report.error_history.tenant IS 'Name of the tenant; empty for the hub''s own jobs.';
COMMENT ON COLUMN report.error_history.hour IS 'Start of the hour in which the jobs ended.';
COMMENT ON COLUMN report.error_history.kind IS 'What was to be done.';
COMMENT ON COLUMN report.error_history.code IS 'The vendor''s code, or a word of ours; empty: there was none.';
COMMENT ON COLUMN report.error_history.error IS 'The last error''s text without what differs from case to case.';
COMMENT ON COLUMN report.error_history.recovered IS 'Jobs that were done after it.';
COMMENT ON COLUMN report.error_history.cancelled IS 'Jobs that were cancelled after it.';
COMMENT ON COLUMN report.error_history.dead IS 'Jobs that were given up in that hour, and still were at its end.';
COMMENT ON COLUMN report.error_history.newest_job IS 'Id of the newest of them.';

CREATE VIEW report.callback_service_levels AS
SELECT
    t.name AS tenant, c.callback_day AS day, coalesce(c.list_name, '') AS list, count(*) AS requests,
    count(*) FILTER (WHERE c.state = 'written') AS written,
    count(*) FILTER (WHERE c.due_at IS NOT NULL AND c.state NOT IN ('ignored', 'skipped')) AS with_due_time,
    count(*) FILTER (WHERE c.written_at <= c.due_at) AS written_in_time,
    count(*) FILTER (WHERE c.record_state = 'open') AS open,
    count(*) FILTER (WHERE c.record_state = 'open' AND c.due_at < now()) AS overdue,
    count(*) FILTER (WHERE c.record_state IN ('completed', 'cancelled')) AS ended,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.written_at - c.requested_at)::double precision) AS record_p50_seconds,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM c.written_at - c.requested_at)::double precision) AS record_p95_seconds,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM c.written_at - c.first_seen_at)::double precision) AS hub_p95_seconds,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.closed_at - c.requested_at)::double precision) AS closed_p50_seconds,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM c.closed_at - c.requested_at)::double precision) AS closed_p95_seconds
FROM hub.callback c
JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, c.callback_day, coalesce(c.list_name, '');

COMMENT ON VIEW report.callback_service_levels IS 'How soon callback requests stood in Dynamics and were closed, per tenant, list and UTC day of the request. Ask for the days you need: older ones cost time.';
COMMENT ON COLUMN report.callback_service_levels.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.callback_service_levels.day IS 'UTC day on which they were requested, as first seen.';
COMMENT ON COLUMN report.callback_service_levels.list IS 'Callback list.';
COMMENT ON COLUMN report.callback_service_levels.requests IS 'Requests that came in.';
COMMENT ON COLUMN report.callback_service_levels.written IS 'Those with a phone call of their own.';
COMMENT ON COLUMN report.callback_service_levels.with_due_time IS 'Requests that say when somebody should have called by, without those that needed no phone call of their own.';
COMMENT ON COLUMN report.callback_service_levels.written_in_time IS 'Those of them whose phone call stood before that time.';
COMMENT ON COLUMN report.callback_service_levels.open IS 'Requests whose phone call is still open, as last seen.';
COMMENT ON COLUMN report.callback_service_levels.overdue IS 'Those of them whose time has passed.';
COMMENT ON COLUMN report.callback_service_levels.ended IS 'Requests whose phone call was completed or cancelled.';
COMMENT ON COLUMN report.callback_service_levels.record_p50_seconds IS 'Half of the phone calls stood so many seconds after the request, or sooner.';
COMMENT ON COLUMN report.callback_service_levels.record_p95_seconds IS 'As record_p50_seconds, for 95 of 100.';
COMMENT ON COLUMN report.callback_service_levels.hub_p95_seconds IS '95 of 100 phone calls stood so many seconds after the hub first saw the request, or sooner: the hub''s own share.';
COMMENT ON COLUMN report.callback_service_levels.closed_p50_seconds IS 'Half of the requests that were closed in Enreach were so within so many seconds.';
COMMENT ON COLUMN report.callback_service_levels.closed_p95_seconds IS 'As closed_p50_seconds, for 95 of 100.';

CREATE OR REPLACE VIEW report.webhook_loss AS
SELECT
    t.name AS tenant, w.event_type, w.hour, w.happened, w.told, w.happened - w.told AS lost, w.repeated,
    w.delay_p50 AS delay_p50_seconds, w.delay_p95 AS delay_p95_seconds
FROM (
    SELECT * FROM hub.webhook_hour WHERE hour > now() - interval '7 days'
    UNION ALL
    -- The last two minutes are left out: their webhooks may still be under way.
    SELECT late.* FROM hub.history_mark m
    CROSS JOIN LATERAL hub.webhook_hours(greatest(m.counted_until, now() - interval '7 days'), now() - interval '2 minutes') late
    WHERE m.name = 'webhooks'
) w
JOIN hub.tenant t USING (tenant_id);

COMMENT ON COLUMN report.webhook_loss.told IS 'How many of them a webhook told, an hour after at the latest.';

CREATE OR REPLACE VIEW report.routing_by_hour AS
SELECT
    t.name AS tenant, h.hour, h.rule, h.outcome, h.reason, sum(h.calls)::bigint AS calls,
    round(sum(h.took_us) / sum(h.calls))::integer AS average_us, max(h.longest_us) AS longest_us
FROM hub.route_hour h
JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, h.hour, h.rule, h.outcome, h.reason;

COMMENT ON VIEW report.routing_by_hour IS 'What routing did in each hour, by rule; further back than the decisions themselves are kept.';

CREATE VIEW report.dataverse_budget AS
SELECT
    t.name AS tenant, b.width, b.starting, b.cut_at, b.blocked_until, b.blocked_until > now() AS is_blocked,
    coalesce(l.requests, 0)::bigint AS in_flight, coalesce(l.live, 0)::bigint AS waiting_live,
    coalesce(l.callback, 0)::bigint AS waiting_callback, coalesce(l.late, 0)::bigint AS waiting_late,
    coalesce(l.backfill, 0)::bigint AS waiting_backfill, coalesce(l.instances, 0) AS instances,
    coalesce(s.servers, 0) AS servers, coalesce(s.requests, 0)::bigint AS requests_5_min, coalesce(s.seconds, 0) AS seconds_5_min,
    s.requests / (6000.0 * s.servers)::double precision AS requests_share,
    s.seconds / (1200.0 * s.servers)::double precision AS seconds_share, b.changed_at
FROM hub.dataverse_budget b
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN LATERAL (
    SELECT sum(requests) AS requests, count(*) AS instances, sum(waiting[1]) AS live, sum(waiting[2]) AS callback,
        sum(waiting[3]) AS late, sum(waiting[4]) AS backfill
    FROM hub.dataverse_lease l WHERE l.tenant_id = b.tenant_id AND l.expires_at > now()
) l ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT server) AS servers, sum(requests)::double precision AS requests, sum(seconds) AS seconds
    FROM hub.dataverse_spend s WHERE s.tenant_id = b.tenant_id AND s.at > now() - interval '5 minutes'
) s ON true;

COMMENT ON VIEW report.dataverse_budget IS 'The request budget of each tenant''s Dynamics environment at this moment: what was spent of the published limits, and what waits.';
COMMENT ON COLUMN report.dataverse_budget.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.dataverse_budget.width IS 'How many requests all instances together may have in flight.';
COMMENT ON COLUMN report.dataverse_budget.starting IS 'True until the service refuses for the first time: the width still doubles.';
COMMENT ON COLUMN report.dataverse_budget.cut_at IS 'When the service last refused and the width was halved.';
COMMENT ON COLUMN report.dataverse_budget.blocked_until IS 'Nobody sends before this.';
COMMENT ON COLUMN report.dataverse_budget.is_blocked IS 'Whether that time is still to come.';
COMMENT ON COLUMN report.dataverse_budget.in_flight IS 'Requests in flight or granted.';
COMMENT ON COLUMN report.dataverse_budget.waiting_live IS 'Requests held back for live calls.';
COMMENT ON COLUMN report.dataverse_budget.waiting_callback IS 'Requests held back for callbacks.';
COMMENT ON COLUMN report.dataverse_budget.waiting_late IS 'Requests held back for late data.';
COMMENT ON COLUMN report.dataverse_budget.waiting_backfill IS 'Requests held back for backfills and loads.';
COMMENT ON COLUMN report.dataverse_budget.instances IS 'Instances that share the budget.';
COMMENT ON COLUMN report.dataverse_budget.servers IS 'Web servers that answered in the last five minutes; each has limits of its own.';
COMMENT ON COLUMN report.dataverse_budget.requests_5_min IS 'Requests of the last five minutes.';
COMMENT ON COLUMN report.dataverse_budget.seconds_5_min IS 'Their execution time in seconds, as the service counts it.';
COMMENT ON COLUMN report.dataverse_budget.requests_share IS 'Share of the published limit: 6,000 requests for each server.';
COMMENT ON COLUMN report.dataverse_budget.seconds_share IS 'Share of the published limit: 1,200 seconds for each server.';
COMMENT ON COLUMN report.dataverse_budget.changed_at IS 'When an instance last took or gave back a lease.';

CREATE VIEW report.dataverse_by_minute AS
SELECT t.name AS tenant, m.minute, m.requests, m.seconds, m.refusals
FROM hub.dataverse_minute m
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.dataverse_by_minute IS 'What was spent of the request budget in each minute of the last month.';
COMMENT ON COLUMN report.dataverse_by_minute.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.dataverse_by_minute.minute IS 'Beginning of the minute in which the requests ended.';
COMMENT ON COLUMN report.dataverse_by_minute.requests IS 'How many they were.';
COMMENT ON COLUMN report.dataverse_by_minute.seconds IS 'Their execution time in seconds, as the service counts it.';
COMMENT ON COLUMN report.dataverse_by_minute.refusals IS 'How often the service refused.';

CREATE VIEW report.instances AS
SELECT
    i.program, i.version, i.host, i.pid,
    CASE
        WHEN i.stopped_at IS NOT NULL THEN 'stopped'
        WHEN i.seen_at > now() - interval '1 minute' THEN 'running'
        ELSE 'lost'
    END AS state,
    i.started_at, i.seen_at, i.stopped_at,
    CASE WHEN i.stopped_at IS NULL THEN (
        SELECT string_agg(checks.name || ': ' || coalesce(checks.said ->> 'text', checks.said ->> 'state'), '; ' ORDER BY checks.name)
        FROM jsonb_each(i.state) AS checks (name, said) WHERE checks.said ->> 'state' <> 'ready'
    ) END AS troubles
FROM hub.instance i;

COMMENT ON VIEW report.instances IS 'Runs of the programs: which are at work, which stopped, which were lost.';
COMMENT ON COLUMN report.instances.program IS 'Name of the program.';
COMMENT ON COLUMN report.instances.version IS 'Version of the program.';
COMMENT ON COLUMN report.instances.host IS 'Machine.';
COMMENT ON COLUMN report.instances.pid IS 'Process there.';
COMMENT ON COLUMN report.instances.state IS 'running; stopped: in order; lost: no sign of life for a minute.';
COMMENT ON COLUMN report.instances.started_at IS 'When it started.';
COMMENT ON COLUMN report.instances.seen_at IS 'Last sign of life.';
COMMENT ON COLUMN report.instances.stopped_at IS 'When it stopped.';
COMMENT ON COLUMN report.instances.troubles IS 'What it said of itself that is not well. Null: nothing.';

CREATE VIEW report.workers AS
SELECT
    q.name AS queue, w.program, w.host, w.pid, w.slots, coalesce(l.jobs, 0) AS jobs, l.oldest_at, w.started_at, w.beat_at,
    w.expires_at, w.draining
FROM hub.worker w
JOIN hub.job_queue q USING (queue_id)
LEFT JOIN (SELECT worker_id, count(*) AS jobs, min(claimed_at) AS oldest_at FROM hub.job_lease GROUP BY worker_id) l USING (worker_id);

COMMENT ON VIEW report.workers IS 'Workers at work and what each of them holds.';
COMMENT ON COLUMN report.workers.queue IS 'Queue it works on.';
COMMENT ON COLUMN report.workers.program IS 'Which program.';
COMMENT ON COLUMN report.workers.host IS 'On which machine.';
COMMENT ON COLUMN report.workers.pid IS 'Process there.';
COMMENT ON COLUMN report.workers.slots IS 'Handler calls that it runs at once.';
COMMENT ON COLUMN report.workers.jobs IS 'Jobs it holds.';
COMMENT ON COLUMN report.workers.oldest_at IS 'Since when it has held the oldest of them.';
COMMENT ON COLUMN report.workers.started_at IS 'When it began.';
COMMENT ON COLUMN report.workers.beat_at IS 'Last sign of life.';
COMMENT ON COLUMN report.workers.expires_at IS 'When it counts as lost.';
COMMENT ON COLUMN report.workers.draining IS 'True: it is stopping and claims no more.';

-- Space -------------------------------------------------------------------------------------------------------------------

CREATE VIEW report.tables AS
SELECT
    root.relname::text AS table_name, count(*) FILTER (WHERE c.oid <> root.oid) AS partitions,
    sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r')::bigint AS row_estimate,
    sum(pg_relation_size(c.oid))::bigint AS bytes, sum(pg_indexes_size(c.oid))::bigint AS index_bytes,
    sum(pg_table_size(c.oid) - pg_relation_size(c.oid))::bigint AS other_bytes, sum(pg_total_relation_size(c.oid))::bigint AS total_bytes,
    coalesce(sum(pg_stat_get_dead_tuples(c.oid)), 0)::bigint AS dead_rows,
    max(greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid))) AS vacuumed_at,
    max(greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid))) AS analysed_at
FROM pg_class c
JOIN pg_class root ON root.oid = coalesce(pg_partition_root(c.oid)::oid, c.oid)
WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p')
GROUP BY root.relname;

COMMENT ON VIEW report.tables IS 'The hub''s tables with their partitions: how many rows, how much space.';
COMMENT ON COLUMN report.tables.table_name IS 'Name of the table in schema hub.';
COMMENT ON COLUMN report.tables.partitions IS 'How many partitions it has; 0: it is a plain table.';
COMMENT ON COLUMN report.tables.row_estimate IS 'Rows, as of the last vacuum or analyze.';
COMMENT ON COLUMN report.tables.bytes IS 'Bytes of the rows.';
COMMENT ON COLUMN report.tables.index_bytes IS 'Bytes of the indexes.';
COMMENT ON COLUMN report.tables.other_bytes IS 'Bytes of long values, free space map and visibility map.';
COMMENT ON COLUMN report.tables.total_bytes IS 'All of them together.';
COMMENT ON COLUMN report.tables.dead_rows IS 'Rows that are dead and not removed yet, by this server''s counters; 0 on a standby.';
COMMENT ON COLUMN report.tables.vacuumed_at IS 'When one of them was last vacuumed, by this server''s counters.';
COMMENT ON COLUMN report.tables.analysed_at IS 'When one of them was last analysed, by this server''s counters.';

CREATE FUNCTION hub.bloat()
RETURNS TABLE (
    table_name text, index_name text, row_estimate bigint, row_bytes double precision, bytes bigint, needed_bytes bigint)
LANGUAGE sql STABLE
SECURITY DEFINER  -- statistics are shown only to who may read the rows
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH page AS (
        -- A page without its header; of an index also without its own 16 bytes.
        SELECT current_setting('block_size')::integer - 24 AS heap, current_setting('block_size')::integer - 40 AS index
    ), width AS (
        SELECT c.oid, a.attnum, s.avg_width * (1 - s.null_frac) AS bytes, s.null_frac > 0 AS has_nulls,
            CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END AS different
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_stats s ON s.schemaname = 'hub' AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
        WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r' AND c.reltuples > 0
    ), heap AS (
        SELECT c.oid, c.relname, c.reltuples,
            -- Header, map of nulls, values with a bit for their alignment, all to the next multiple of 8; then the pointer to it.
            ceil((CASE WHEN bool_or(w.has_nulls) THEN 23 + ceil(c.relnatts / 8.0) ELSE 23 END)::numeric / 8) * 8
                + ceil((sum(w.bytes) + 4)::numeric / 8) * 8 + 4 AS row_bytes,
            coalesce(substring(array_to_string(c.reloptions, ' ') FROM 'fillfactor=(\d+)')::integer, 100) / 100.0 AS fill
        FROM pg_class c JOIN width w ON w.oid = c.oid
        GROUP BY c.oid, c.relname, c.reltuples, c.relnatts, c.reloptions
    ), entry AS (
        SELECT i.indrelid, i.indexrelid, x.relname, x.reltuples, i.indisunique,
            ceil((8 + sum(w.bytes))::numeric / 8) * 8 AS entry_bytes,
            -- How many different entries: no more than rows, and than their columns can make together.
            least(x.reltuples, exp(least(sum(ln(greatest(w.different, 1))), 60))) AS different
        FROM pg_index i
        JOIN pg_class x ON x.oid = i.indexrelid AND x.reltuples > 0
        JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
        CROSS JOIN LATERAL unnest(i.indkey::smallint[]) AS k (attnum)
        JOIN width w ON w.oid = i.indrelid AND w.attnum = k.attnum
        WHERE x.relnamespace = 'hub'::regnamespace
        GROUP BY i.indrelid, i.indexrelid, x.relname, x.reltuples, i.indisunique, i.indnatts
        HAVING count(*) = i.indnatts
    )
    SELECT h.relname::text, NULL::text, h.reltuples::bigint, h.row_bytes::double precision, pg_relation_size(h.oid),
        (ceil(h.reltuples / greatest(floor(page.heap * h.fill / h.row_bytes), 1)) * (page.heap + 24))::bigint
    FROM heap h CROSS JOIN page
    UNION ALL
    SELECT c.relname::text, e.relname::text, e.reltuples::bigint, e.entry_bytes::double precision, pg_relation_size(e.indexrelid),
        -- Pages are filled to nine tenths. Equal entries share one, with 6 bytes for each row; one such entry holds 440 rows at most.
        (ceil(CASE
            WHEN e.indisunique OR e.reltuples < 2 * e.different THEN e.reltuples * (e.entry_bytes + 4)
            ELSE greatest(e.different, e.reltuples / 440) * (e.entry_bytes + 4) + e.reltuples * 6
        END / (page.index * 0.9)) + 1)::bigint * (page.index + 40)
    FROM entry e JOIN pg_class c ON c.oid = e.indrelid CROSS JOIN page;
END;

COMMENT ON FUNCTION hub.bloat IS 'Estimates from the planner''s statistics how much space the rows of each table and the entries of each index need.';
GRANT EXECUTE ON FUNCTION hub.bloat TO trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor;

CREATE VIEW report.bloat AS
SELECT
    b.table_name, b.index_name, b.row_estimate, b.row_bytes, b.bytes, b.needed_bytes,
    greatest(b.bytes - b.needed_bytes, 0) AS spare_bytes,
    greatest(b.bytes - b.needed_bytes, 0)::double precision / nullif(b.bytes, 0) AS spare_share
FROM hub.bloat() b;

COMMENT ON VIEW report.bloat IS 'Tables and indexes of the hub with the space that their rows need, estimated from the planner''s statistics. An index on random ids is a third empty by nature; what is never analysed is not shown.';
COMMENT ON COLUMN report.bloat.table_name IS 'Name of the table or partition in schema hub.';
COMMENT ON COLUMN report.bloat.index_name IS 'Name of the index. Null: the row is about the table itself.';
COMMENT ON COLUMN report.bloat.row_estimate IS 'Rows or entries, as of the last vacuum or analyze.';
COMMENT ON COLUMN report.bloat.row_bytes IS 'Bytes one of them takes on average.';
COMMENT ON COLUMN report.bloat.bytes IS 'Bytes of the table''s rows, or of the index.';
COMMENT ON COLUMN report.bloat.needed_bytes IS 'Bytes that they would take freshly written, by the table''s fillfactor.';
COMMENT ON COLUMN report.bloat.spare_bytes IS 'What is more than needed: dead rows, and room that later rows will fill.';
COMMENT ON COLUMN report.bloat.spare_share IS 'Its share of the whole, from 0 to 1.';

CREATE VIEW report.partitions AS
SELECT
    parent.relname::text AS table_name, child.relname::text AS partition,
    bounds.text = 'DEFAULT' AS is_default,
    substring(bounds.text FROM 'FROM \(''([^'']+)''\)')::timestamptz AS from_at,
    substring(bounds.text FROM 'TO \(''([^'']+)''\)')::timestamptz AS to_at,
    greatest(child.reltuples, 0)::bigint AS row_estimate, pg_relation_size(child.oid) AS bytes,
    pg_total_relation_size(child.oid) AS total_bytes
FROM pg_inherits i
JOIN pg_class parent ON parent.oid = i.inhparent AND parent.relkind = 'p'
JOIN pg_class child ON child.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(child.relpartbound, child.oid)) AS bounds (text)
WHERE parent.relnamespace = 'hub'::regnamespace;

COMMENT ON VIEW report.partitions IS 'Partitions of the tables of history. The programs make them ahead; report.retention says when they go.';
COMMENT ON COLUMN report.partitions.table_name IS 'Name of the partitioned table in schema hub.';
COMMENT ON COLUMN report.partitions.partition IS 'Name of the partition.';
COMMENT ON COLUMN report.partitions.is_default IS 'True: it takes what fits no other partition, and should be empty.';
COMMENT ON COLUMN report.partitions.from_at IS 'It holds what happened then or later …';
COMMENT ON COLUMN report.partitions.to_at IS '… and before that.';
COMMENT ON COLUMN report.partitions.row_estimate IS 'Rows, as of the last vacuum or analyze.';
COMMENT ON COLUMN report.partitions.bytes IS 'Bytes of the rows.';
COMMENT ON COLUMN report.partitions.total_bytes IS 'The same with indexes and long values.';

CREATE VIEW report.retention AS
WITH rule AS (
    SELECT * FROM (VALUES
        ('calls', 'CallRetention', 'months', 25, false), ('callbacks', 'CallbackRetention', 'months', 13, false),
        ('webhooks', 'WebhookRetention', 'days', 7, false), ('ambiguous numbers', 'AmbiguityRetention', 'days', 180, false),
        ('operators'' actions', 'ActionRetention', 'months', 36, false), ('dead jobs', 'DeadJobRetention', 'days', 0, false),
        ('timeline', 'TimelineRetention', 'months', 13, true), ('finished jobs', 'JobRetention', 'days', 30, true)
    ) AS r (data, setting, unit, standard, is_shared)
), own AS (
    -- Of each setting the newest row counts; null means the default.
    SELECT r.data, r.setting, r.unit, r.standard, r.is_shared, t.tenant_id, t.name AS tenant,
        coalesce((SELECT s.value::integer FROM hub.setting s
                  WHERE s.tenant_id = t.tenant_id AND s.name = r.setting ORDER BY s.version DESC LIMIT 1), r.standard) AS value
    FROM rule r LEFT JOIN hub.tenant t ON true
), kept AS (
    SELECT data, setting AS rule, tenant_id, tenant, unit, value FROM own WHERE NOT is_shared AND tenant_id IS NOT NULL
    UNION ALL
    SELECT data, setting || ', the longest of all tenants', NULL, NULL, unit, max(coalesce(value, standard)) FROM own WHERE is_shared
    GROUP BY data, setting, unit
    UNION ALL
    SELECT 'routing decisions', 'route.decisions.days of the router', NULL, NULL, 'days', NULL
    UNION ALL
    SELECT 'figures by the hour', 'fixed', NULL, NULL, 'days', 400
    UNION ALL
    SELECT 'figures by the minute', 'fixed', NULL, NULL, 'days', 31
), aged AS (
    SELECT k.data, k.tenant, k.rule,
        CASE WHEN k.value > 0 THEN CASE k.unit WHEN 'months' THEN make_interval(months => k.value) ELSE make_interval(days => k.value) END END AS keep,
        CASE k.data
            WHEN 'calls' THEN (SELECT min(call_day) FROM hub.call_intake i WHERE i.tenant_id = k.tenant_id)::timestamp AT TIME ZONE 'UTC'
            WHEN 'callbacks' THEN (SELECT min(callback_day) FROM hub.callback_intake i WHERE i.tenant_id = k.tenant_id)::timestamp AT TIME ZONE 'UTC'
            WHEN 'ambiguous numbers' THEN (SELECT min(last_at) FROM hub.directory_ambiguity a WHERE a.tenant_id = k.tenant_id)
            WHEN 'operators'' actions' THEN (SELECT min(at) FROM hub.operator_action a WHERE a.tenant_id = k.tenant_id)
            WHEN 'dead jobs' THEN (SELECT min(died_at) FROM hub.job_dead d WHERE d.tenant_id = k.tenant_id)
            WHEN 'webhooks' THEN (SELECT min(received_at) FROM hub.webhook_event)
            WHEN 'timeline' THEN (SELECT min(p.from_at) FROM report.partitions p WHERE p.table_name = 'timeline')
            WHEN 'finished jobs' THEN (SELECT min(p.from_at) FROM report.partitions p WHERE p.table_name = 'job_done')
            WHEN 'routing decisions' THEN (SELECT min(p.from_at) FROM report.partitions p WHERE p.table_name = 'route_decision')
            WHEN 'figures by the hour' THEN (SELECT min(hour) FROM hub.job_hour)
            WHEN 'figures by the minute' THEN (SELECT min(minute) FROM hub.job_depth_minute)
        END AS oldest_at
    FROM kept k
)
SELECT a.data, a.tenant, a.rule, extract(epoch FROM a.keep)::double precision / 86400 AS kept_days, a.oldest_at,
    a.oldest_at < now() - a.keep - interval '35 days' AS is_late
FROM aged a;

COMMENT ON VIEW report.retention IS 'How long each kind of data is kept, and the oldest there is.';
COMMENT ON COLUMN report.retention.data IS 'Kind of data.';
COMMENT ON COLUMN report.retention.tenant IS 'Name of the tenant. Null: of all tenants.';
COMMENT ON COLUMN report.retention.rule IS 'Setting or function that says so.';
COMMENT ON COLUMN report.retention.kept_days IS 'Days they are kept; a year counts 365.25, a month 30. Null: for good, or as the rule says that the database does not know.';
COMMENT ON COLUMN report.retention.oldest_at IS 'When the oldest there is began; of webhooks of all tenants. Null: there is none.';
COMMENT ON COLUMN report.retention.is_late IS 'True: something should have gone more than a month ago; housekeeping stands still.';

-- The contract ------------------------------------------------------------------------------------------------------------

CREATE TABLE hub.report_view (
    name text PRIMARY KEY,
    since integer NOT NULL CHECK (since > 0)
);

COMMENT ON TABLE hub.report_view IS 'Views of schema report, and the version of the contract that brought each. A migration that adds one adds a row, with the next version.';
COMMENT ON COLUMN hub.report_view.name IS 'Name of the view.';
COMMENT ON COLUMN hub.report_view.since IS 'Version of the contract that brought it. Columns are only added, at the end; none goes or changes its meaning within a version.';

INSERT INTO hub.report_view (name, since)
SELECT name, 1 FROM unnest(ARRAY[
    'daily_balance', 'queue_state', 'throughput_by_hour', 'failures', 'directory', 'people', 'callbacks', 'callback_balance',
    'callback_profiles', 'webhook_loss', 'route_rules', 'routing_by_hour'
]) AS old (name)
UNION ALL
SELECT name, 2 FROM unnest(ARRAY[
    'matching_by_day', 'unmatched_calls', 'ambiguous_numbers', 'people_without_match', 'queue_history', 'queue_history_by_hour',
    'backlog_history', 'pauses', 'job_throughput', 'error_history', 'callback_service_levels', 'dataverse_budget',
    'dataverse_by_minute', 'instances', 'workers', 'tables', 'bloat', 'partitions', 'retention', 'catalogue', 'version'
]) AS new (name);

CREATE VIEW report.catalogue AS
SELECT c.relname::text AS name, obj_description(c.oid, 'pg_class') AS answers, v.since, c.relnatts::integer AS columns
FROM pg_class c
LEFT JOIN hub.report_view v ON v.name = c.relname
WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v';

COMMENT ON VIEW report.catalogue IS 'The views of this schema and what each answers. Their columns carry comments too: \d+ in psql.';
COMMENT ON COLUMN report.catalogue.name IS 'Name of the view.';
COMMENT ON COLUMN report.catalogue.answers IS 'What it answers.';
COMMENT ON COLUMN report.catalogue.since IS 'Version of the contract that brought it.';
COMMENT ON COLUMN report.catalogue.columns IS 'How many columns it has.';

CREATE VIEW report.version AS
SELECT
    (SELECT max(since) FROM hub.report_view) AS contract,
    (SELECT max(version) FROM hub.schema_migration) AS schema_version,
    current_setting('server_version') AS server_version,
    pg_is_in_recovery() AS is_standby,
    CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END AS replayed_at;

COMMENT ON VIEW report.version IS 'Which contract these views keep, and on which server they are read.';
COMMENT ON COLUMN report.version.contract IS 'Version of the contract: grows when views are added.';
COMMENT ON COLUMN report.version.schema_version IS 'Version of the hub''s schema: the newest migration.';
COMMENT ON COLUMN report.version.server_version IS 'Version of PostgreSQL.';
COMMENT ON COLUMN report.version.is_standby IS 'True: this server is a copy that follows another.';
COMMENT ON COLUMN report.version.replayed_at IS 'Of a standby: when the newest transaction it knows was committed.';

-- Monitoring sees figures: no numbers, no names, no vendors' words.
REVOKE SELECT ON
    report.people, report.callbacks, report.unmatched_calls, report.ambiguous_numbers, report.people_without_match,
    report.error_history
    FROM trunkline_monitor;

-- Counting begins ---------------------------------------------------------------------------------------------------------

-- Last, because from here to the end of the migration nobody else writes these tables. The index is of use to what counts calls that
-- came in lately; when a call was first seen never changes, so an update of its row stays on its page.
CREATE INDEX call_by_first_seen ON hub.call (first_seen_at);
CREATE TRIGGER dataverse_spent AFTER INSERT ON hub.dataverse_spend
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.dataverse_spent();
CREATE TRIGGER dataverse_refused AFTER UPDATE ON hub.dataverse_budget
    FOR EACH ROW WHEN (NEW.cut_at > coalesce(OLD.cut_at, '-infinity')) EXECUTE FUNCTION hub.dataverse_refused();
CREATE TRIGGER call_added AFTER INSERT ON hub.call
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub.call_added();
CREATE TRIGGER call_changed AFTER UPDATE ON hub.call
    REFERENCING OLD TABLE AS previous NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION hub.call_changed();
CREATE TRIGGER call_removed AFTER DELETE ON hub.call
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION hub.call_removed();
