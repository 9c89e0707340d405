-- A job keeps what its newest attempts failed of, in its error: that moves and goes with the job, so no table of its own has to be written,
-- masked and dropped, and a job that never failed costs nothing. And temporary tables are for those who need them.

-- Attempts that failed ------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_earlier(p_error jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN CASE WHEN p_error IS NULL THEN '{}' ELSE (
    SELECT jsonb_build_object('earlier', CASE WHEN jsonb_array_length(l.attempts) > 19 THEN l.attempts - 0 ELSE l.attempts END)
    FROM (SELECT coalesce(p_error -> 'earlier', '[]') || jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
              'attempt', p_error -> 'attempt', 'at', p_error -> 'at', 'worker', p_error -> 'worker', 'code', p_error -> 'code',
              'message', left(p_error ->> 'message', 200))))) AS l (attempts)
) END;

COMMENT ON FUNCTION hub.job_earlier IS 'What the error of a job''s next failed attempt keeps of the present one and those before it: the member earlier, at most 19 attempts, oldest first, each with attempt, at, worker, code and the first 200 characters of its message.';

GRANT EXECUTE ON FUNCTION hub.job_earlier TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;

DO $comments$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['job_ready', 'job_lease', 'job_later', 'job_wait', 'job_dead'] LOOP
        EXECUTE format('COMMENT ON COLUMN hub.%I.error IS %L', one,
            'Why the last attempt failed: code, message, detail, attempt, at, worker; earlier: attempts before it that failed (hub.job_earlier).');
    END LOOP;
END
$comments$;
COMMENT ON COLUMN hub.job_done.error IS 'Why the last attempt before this one failed, and those before it (hub.job_earlier).';
COMMENT ON COLUMN hub.jobs.error IS 'Why the last failed attempt failed, and those before it (hub.job_earlier).';

CREATE OR REPLACE FUNCTION hub.job_fail(
    p_worker integer, p_ids bigint[], p_seqs bigint[], p_outcomes text[], p_delays_ms bigint[], p_counts boolean[],
    p_solos boolean[], p_run_ms integer[], p_errors jsonb[], p_notes text[]
) RETURNS bigint[] LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    ended record;
BEGIN
    WITH taken AS (
        DELETE FROM hub.job_lease l
        USING unnest(p_ids, p_seqs, p_outcomes, p_delays_ms, p_counts, p_solos, p_run_ms, p_errors, p_notes)
              AS r (id, seq, outcome, delay_ms, counts, solo, run_ms, error, note)
        WHERE l.id = r.id AND l.seq = r.seq
        RETURNING l.id, l.enqueued_at, l.claimed_at, l.tenant_id, l.queue_id, l.kind_id, l.lane, l.attempts, l.max_attempts, l.key,
                  l.unique_key, l.payload, l.error AS old_error, r.run_ms, r.note, l.solo OR r.solo AS solo, r.error, r.outcome,
                  r.delay_ms, r.counts, coalesce((l.error ->> 'spared')::integer, 0) AS spared
    ), gone AS (
        SELECT t.id, t.enqueued_at, t.claimed_at, t.tenant_id, t.queue_id, t.kind_id, t.lane, t.max_attempts, t.key,
               t.unique_key, t.payload, t.run_ms, t.note, t.attempts + c.counted AS attempts, t.solo,
               CASE WHEN t.error IS NULL THEN t.old_error
                    ELSE t.error || jsonb_build_object('attempt', t.attempts + 1, 'at', now(), 'worker', p_worker)
                         || hub.job_earlier(t.old_error)
                         || CASE WHEN t.error ? 'spared' THEN jsonb_build_object('spared', t.spared + 1) ELSE '{}' END END AS error,
               CASE WHEN t.outcome = 'retry' AND t.attempts + c.counted >= t.max_attempts THEN 'dead' ELSE t.outcome END AS outcome,
               coalesce(t.delay_ms * interval '1 ms', hub.job_backoff(t.attempts + 1)) AS delay
        FROM taken t
        -- What may be the database's trouble is spared three times in a row.
        CROSS JOIN LATERAL (VALUES ((t.counts OR coalesce(t.error ? 'spared', false) AND t.spared >= 3)::integer)) AS c (counted)
    ), again AS (
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload, run_at, reason, has_key)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload, now() + delay, CASE outcome WHEN 'retry' THEN 'retry' ELSE 'snoozed' END,
               key IS NOT NULL
        FROM gone WHERE outcome IN ('retry', 'snooze')
    ), back AS (
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload
        FROM gone WHERE outcome = 'return'
    ), given_up AS (
        INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                  key, unique_key, error, payload, worker_id)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload, p_worker
        FROM gone WHERE outcome = 'dead'
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, claimed_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts,
                                  outcome, key, note, error, payload)
        SELECT id, enqueued_at, claimed_at, tenant_id, p_worker, run_ms, queue_id, kind_id, lane, attempts,
               'cancelled', key, note, error, payload
        FROM gone WHERE outcome = 'cancel'
    ), counted AS (
        INSERT INTO hub.job_stat AS s (minute, queue_id, kind_id, worker_id, retried, snoozed, returned, dead, cancelled)
        SELECT date_trunc('minute', now()), queue_id, kind_id, p_worker,
               count(*) FILTER (WHERE outcome = 'retry'), count(*) FILTER (WHERE outcome = 'snooze'),
               count(*) FILTER (WHERE outcome = 'return'), count(*) FILTER (WHERE outcome = 'dead'),
               count(*) FILTER (WHERE outcome = 'cancel')
        FROM gone GROUP BY queue_id, kind_id
        ON CONFLICT (minute, queue_id, kind_id, worker_id) DO UPDATE
        SET retried = s.retried + excluded.retried, snoozed = s.snoozed + excluded.snoozed,
            returned = s.returned + excluded.returned, dead = s.dead + excluded.dead, cancelled = s.cancelled + excluded.cancelled
    )
    SELECT array_agg(id) AS ids,
           array_agg(tenant_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND key IS NOT NULL) AS key_tenants,
           array_agg(key) FILTER (WHERE outcome IN ('dead', 'cancel') AND key IS NOT NULL) AS keys,
           array_agg(tenant_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS uniques
    INTO ended FROM gone;

    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys);
    END IF;
    IF coalesce(cardinality(ended.ids), 0) = cardinality(p_ids) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY (SELECT id FROM unnest(p_ids) AS id EXCEPT SELECT id FROM unnest(ended.ids) AS id);
END $$;

CREATE OR REPLACE FUNCTION hub.job_rescue() RETURNS TABLE (queue_id smallint, jobs bigint) LANGUAGE plpgsql
SET search_path = hub, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    ended record;
BEGIN
    DELETE FROM hub.worker w WHERE w.worker_id IN (
        SELECT lost.worker_id FROM hub.worker lost WHERE lost.expires_at < now() FOR UPDATE SKIP LOCKED);

    -- Also finds jobs that a lost worker claimed while its row was being deleted.
    WITH lost AS MATERIALIZED (
        SELECT l.ctid AS place FROM hub.job_lease l
        WHERE NOT EXISTS (SELECT FROM hub.worker w WHERE w.worker_id = l.worker_id)
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM hub.job_lease l WHERE l.ctid = ANY (ARRAY (SELECT place FROM lost))
        RETURNING l.*, l.attempts + 1 AS tried,
                  jsonb_build_object('code', 'worker_lost', 'message', 'worker ' || l.worker_id || ' was lost while it had the job',
                                     'attempt', l.attempts + 1, 'at', now(), 'worker', l.worker_id)
                      || hub.job_earlier(l.error) AS reason
    ), back AS (
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload
        FROM gone WHERE tried < max_attempts AND NOT solo
    ), again AS (
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload, run_at, reason, has_key)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload, now() + hub.job_backoff(tried), 'retry', key IS NOT NULL
        FROM gone WHERE tried < max_attempts AND solo
    ), given_up AS (
        INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                  key, unique_key, error, payload, worker_id)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload, worker_id
        FROM gone WHERE tried >= max_attempts
    ), counted AS (
        INSERT INTO hub.job_stat AS s (minute, queue_id, kind_id, worker_id, retried, dead)
        SELECT date_trunc('minute', now()), queue_id, kind_id, worker_id, count(*) FILTER (WHERE tried < max_attempts),
               count(*) FILTER (WHERE tried >= max_attempts)
        FROM gone GROUP BY queue_id, kind_id, worker_id
        ON CONFLICT (minute, queue_id, kind_id, worker_id) DO UPDATE
        SET retried = s.retried + excluded.retried, dead = s.dead + excluded.dead
    )
    SELECT array_agg(queue_id) AS queues,
           array_agg(tenant_id) FILTER (WHERE tried >= max_attempts AND key IS NOT NULL) AS key_tenants,
           array_agg(key) FILTER (WHERE tried >= max_attempts AND key IS NOT NULL) AS keys,
           array_agg(tenant_id) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS uniques
    INTO ended FROM gone;

    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys);
    END IF;
    RETURN QUERY SELECT q, count(*) FROM unnest(ended.queues) AS q GROUP BY q;
END $$;

-- Temporary tables ----------------------------------------------------------------------------------------------------

-- The rest of the migration's rights are not enough for this: who migrates may own the database. Where they don't, it stays as a DBA has it.
RESET ROLE;

DO $temporary$
BEGIN
    IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        -- hub.job_compact, and `trunkline route numbers`.
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO trunkline_owner, trunkline_operator', current_database());
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END
$temporary$;

SET LOCAL ROLE trunkline_owner;

-- Programs of version 15 call the same functions, and operators may still make temporary tables.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;
