-- Views for DBAs, reporting tools and the console: stable names, a comment on each column. sql/reports has queries over them.

CREATE FUNCTION hub.normalise_error(message text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(string_agg(
        CASE WHEN word ~ '[0-9]' AND word !~* '^[^[:alnum:]+]*0x[0-9a-f]{8}([^0-9a-f]|$)' THEN '…' ELSE word END, ' ' ORDER BY place), '')
    FROM regexp_split_to_table(left(message, 1000), '\s+') WITH ORDINALITY AS words (word, place)
    WHERE word <> '' AND place <= 60
$$;

COMMENT ON FUNCTION hub.normalise_error IS 'An error''s text without what differs from case to case (ids, numbers, times), so that equal failures can be counted together.';

CREATE FUNCTION hub.latency_percentile(buckets bigint[], share double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(bound) FROM (
        SELECT bound, sum(calls) OVER (ORDER BY place) AS so_far, sum(calls) OVER () AS all_of_them
        FROM unnest(buckets, '{0.5,1,2,3,5,10,20,30,60,120,300,600,1800,3600,86400,infinity}'::double precision[])
            WITH ORDINALITY AS b (calls, bound, place)
    ) counted
    WHERE all_of_them > 0 AND so_far >= share * all_of_them
$$;

COMMENT ON FUNCTION hub.latency_percentile IS 'Upper end of the step of hub.call_hour.latency within which that share of the calls lies; null without calls.';

-- A view's functions run with the rights of who reads it.
GRANT EXECUTE ON FUNCTION hub.normalise_error, hub.latency_percentile TO
    trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor, trunkline_call_sync;

CREATE FUNCTION hub.add_buckets(a bigint[], b bigint[])
RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY place) FROM unnest(a, b) WITH ORDINALITY AS s (x, y, place)
$$;

COMMENT ON FUNCTION hub.add_buckets IS 'Adds two histograms step by step.';

CREATE AGGREGATE hub.sum_buckets (bigint[]) (SFUNC = hub.add_buckets, STYPE = bigint[], INITCOND = '{}');
COMMENT ON AGGREGATE hub.sum_buckets (bigint[]) IS 'Adds histograms step by step.';
GRANT EXECUTE ON FUNCTION hub.add_buckets, hub.sum_buckets (bigint[]) TO
    trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor;

CREATE VIEW report.daily_balance AS
-- A union, because a condition on the day reaches the index through it, and not through a full join.
WITH counted AS (
    SELECT tenant_id, call_day, state, reason, count(*) AS calls, 0::bigint AS seen
    FROM hub.call
    GROUP BY tenant_id, call_day, state, reason
    UNION ALL
    SELECT tenant_id, call_day, 'seen', NULL, 0, seen FROM hub.call_intake
), states AS (
    SELECT tenant_id, call_day,
        sum(seen)::bigint AS seen,
        coalesce(sum(calls) FILTER (WHERE state = 'written'), 0)::bigint AS written,
        coalesce(sum(calls) FILTER (WHERE state = 'adopted'), 0)::bigint AS adopted,
        coalesce(sum(calls) FILTER (WHERE state = 'skipped'), 0)::bigint AS skipped,
        coalesce(jsonb_object_agg(reason, calls) FILTER (WHERE state = 'skipped'), '{}') AS skipped_by_reason,
        coalesce(sum(calls) FILTER (WHERE state = 'pending'), 0)::bigint AS pending,
        coalesce(sum(calls) FILTER (WHERE state = 'dead'), 0)::bigint AS dead,
        coalesce(sum(calls) FILTER (WHERE state = 'withdrawn'), 0)::bigint AS withdrawn,
        sum(calls)::bigint AS all_states
    FROM counted
    GROUP BY tenant_id, call_day
)
SELECT
    t.name AS tenant, s.call_day AS day, s.seen, s.written, s.adopted, s.skipped, s.skipped_by_reason, s.pending, s.dead,
    s.withdrawn, s.seen - s.all_states AS difference
FROM states s
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.daily_balance IS 'Per tenant and UTC day of the calls'' start: seen = written + adopted + skipped + pending + dead + withdrawn. Ask for the days you need: older ones cost time.';
COMMENT ON COLUMN report.daily_balance.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.daily_balance.day IS 'UTC day on which the calls started, as first seen.';
COMMENT ON COLUMN report.daily_balance.seen IS 'Calls that came in, counted as they came.';
COMMENT ON COLUMN report.daily_balance.written IS 'Phone calls that the hub made.';
COMMENT ON COLUMN report.daily_balance.adopted IS 'Phone calls that an agent''s client had made and the hub completed.';
COMMENT ON COLUMN report.daily_balance.skipped IS 'Calls that are not synced by rule.';
COMMENT ON COLUMN report.daily_balance.skipped_by_reason IS 'The same by reason code.';
COMMENT ON COLUMN report.daily_balance.pending IS 'Calls that wait to be written.';
COMMENT ON COLUMN report.daily_balance.dead IS 'Calls given up; report.failures says why.';
COMMENT ON COLUMN report.daily_balance.withdrawn IS 'Calls written first and taken back later.';
COMMENT ON COLUMN report.daily_balance.difference IS 'seen minus all the others: anything but 0 is an alarm.';

CREATE VIEW report.queue_state AS
SELECT
    q.name AS queue, k.name AS kind, d.lane, d.state, d.jobs, d.oldest_at,
    extract(epoch FROM now() - d.oldest_at)::double precision AS oldest_seconds, d.counted_at
FROM hub.job_depth d
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id);

COMMENT ON VIEW report.queue_state IS 'Jobs that are not finished, by kind and state, as last counted.';
COMMENT ON COLUMN report.queue_state.queue IS 'Name of the queue.';
COMMENT ON COLUMN report.queue_state.kind IS 'What is to be done.';
COMMENT ON COLUMN report.queue_state.lane IS '0 live, 1 callback, 2 late, 3 backfill.';
COMMENT ON COLUMN report.queue_state.state IS 'ready, running, waiting, scheduled, retry, snoozed, held, dead.';
COMMENT ON COLUMN report.queue_state.jobs IS 'How many.';
COMMENT ON COLUMN report.queue_state.oldest_at IS 'When the oldest of them was enqueued.';
COMMENT ON COLUMN report.queue_state.oldest_seconds IS 'How long ago that is.';
COMMENT ON COLUMN report.queue_state.counted_at IS 'When they were counted.';

CREATE VIEW report.throughput_by_hour AS
SELECT
    t.name AS tenant, h.hour, sum(h.written)::bigint AS written, sum(h.adopted)::bigint AS adopted, sum(h.updated)::bigint AS updated,
    sum(h.withdrawn)::bigint AS withdrawn, sum(h.skipped)::bigint AS skipped, sum(h.dead)::bigint AS dead,
    hub.latency_percentile(hub.sum_buckets(h.latency), 0.50) AS latency_p50_seconds,
    hub.latency_percentile(hub.sum_buckets(h.latency), 0.95) AS latency_p95_seconds,
    hub.latency_percentile(hub.sum_buckets(h.latency), 0.99) AS latency_p99_seconds,
    hub.sum_buckets(h.latency) AS latency_steps
FROM hub.call_hour h
JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, h.hour;

COMMENT ON VIEW report.throughput_by_hour IS 'What was done in each hour, and how long live calls took from their end to their record.';
COMMENT ON COLUMN report.throughput_by_hour.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.throughput_by_hour.hour IS 'Start of the hour in which it was done.';
COMMENT ON COLUMN report.throughput_by_hour.written IS 'Phone calls made.';
COMMENT ON COLUMN report.throughput_by_hour.adopted IS 'Phone calls adopted.';
COMMENT ON COLUMN report.throughput_by_hour.updated IS 'Phone calls updated with late data.';
COMMENT ON COLUMN report.throughput_by_hour.withdrawn IS 'Phone calls taken back.';
COMMENT ON COLUMN report.throughput_by_hour.skipped IS 'Calls skipped by rule after they had been waiting to be written.';
COMMENT ON COLUMN report.throughput_by_hour.dead IS 'Calls given up.';
COMMENT ON COLUMN report.throughput_by_hour.latency_p50_seconds IS 'Half of the live calls stood in Dynamics so many seconds after their end, or sooner (upper end of the step).';
COMMENT ON COLUMN report.throughput_by_hour.latency_p95_seconds IS 'As p50, for 95 of 100.';
COMMENT ON COLUMN report.throughput_by_hour.latency_p99_seconds IS 'As p50, for 99 of 100.';
COMMENT ON COLUMN report.throughput_by_hour.latency_steps IS 'Live calls by step: up to 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 86400 seconds, and more.';

CREATE VIEW report.failures AS
SELECT
    coalesce(t.name, '') AS tenant, k.name AS kind, d.error ->> 'code' AS code,
    hub.normalise_error(d.error ->> 'message') AS error, count(*) AS jobs, min(d.died_at) AS first_at, max(d.died_at) AS last_at,
    max(d.id) AS newest_job
FROM hub.job_dead d
JOIN hub.job_kind k USING (kind_id)
LEFT JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, k.name, d.error ->> 'code', hub.normalise_error(d.error ->> 'message');

COMMENT ON VIEW report.failures IS 'The dead letter, grouped by what went wrong: `trunkline jobs show` has each job.';
COMMENT ON COLUMN report.failures.tenant IS 'Name of the tenant; empty for the hub''s own jobs.';
COMMENT ON COLUMN report.failures.kind IS 'What was to be done.';
COMMENT ON COLUMN report.failures.code IS 'The vendor''s code, or a word of ours.';
COMMENT ON COLUMN report.failures.error IS 'The error''s text without what differs from case to case.';
COMMENT ON COLUMN report.failures.jobs IS 'How many jobs died of it and wait for an operator.';
COMMENT ON COLUMN report.failures.first_at IS 'When the first of them was given up.';
COMMENT ON COLUMN report.failures.last_at IS 'When the last of them was given up.';
COMMENT ON COLUMN report.failures.newest_job IS 'Id of the newest of them.';

-- The vendors' words are no figures.
REVOKE SELECT ON report.failures FROM trunkline_monitor;
