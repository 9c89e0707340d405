-- What a review of the whole hub found: more is written down, and what was written down is found.

-- Programs of version 15 name their columns, and leave the new ones empty.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;

-- Where a tenant's Dynamics is, and guesses at the console ------------------------------------------------------------

ALTER TABLE hub.tenant ADD COLUMN dynamics_url text CHECK (dynamics_url ~ '^https?://[^[:space:]]+$');
COMMENT ON COLUMN hub.tenant.dynamics_url IS 'Address of the Dynamics environment, for links into it; written down by each program that is configured for the tenant when it begins. Null: none did yet.';
GRANT UPDATE (dynamics_url) ON hub.tenant TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;

ALTER TABLE hub.operator_guess ADD COLUMN noted_until timestamptz;
COMMENT ON TABLE hub.operator_guess IS 'Addresses from which wrong names or passwords came; they wait longer with each. Beside them, how many of those were wrong at one operator''s name. Rows go after a day without.';
COMMENT ON COLUMN hub.operator_guess.source IS 'IPv4 address, or the first 48 bits of an IPv6 address; with a blank and an operator''s number behind it: attempts from there at that operator.';
COMMENT ON COLUMN hub.operator_guess.failures IS 'Wrong ones, less those at names at which a right one followed from the same address.';
COMMENT ON COLUMN hub.operator_guess.last_at IS 'The last attempt.';
COMMENT ON COLUMN hub.operator_guess.noted_until IS 'The last locked_until under which a refused attempt was written down: one is for each lock. Null: none.';

-- Types of Enreach's queues ----------------------------------------------------------------------------------------------

CREATE TABLE hub.enreach_queue (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    queue_id uuid NOT NULL,
    type_id integer NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, queue_id)
);

COMMENT ON TABLE hub.enreach_queue IS 'Types of Enreach''s queues, by which calls through a service queue are told from direct ones. One that is deleted there keeps its type for as long as calls are kept (CallRetention).';
COMMENT ON COLUMN hub.enreach_queue.tenant_id IS 'Whose queue.';
COMMENT ON COLUMN hub.enreach_queue.queue_id IS 'Id in Enreach.';
COMMENT ON COLUMN hub.enreach_queue.type_id IS 'Type as Enreach numbers it; 1 and 2 are a user''s own work number.';
COMMENT ON COLUMN hub.enreach_queue.seen_at IS 'When Enreach last showed it; it is asked when a call names a queue that stands here not at all, or was last shown a day ago.';

GRANT SELECT, INSERT, UPDATE, DELETE ON hub.enreach_queue TO trunkline_call_sync;
GRANT SELECT ON hub.enreach_queue TO trunkline_operator;

-- How far each callback list was read, and what keeps it from being read -----------------------------------------------

ALTER TABLE hub.callback_check
    ADD COLUMN read_list uuid,
    ADD COLUMN polled_until timestamptz,
    ADD COLUMN followed_until timestamptz,
    ADD COLUMN read_problem text CHECK (read_problem ~ '^[a-z][a-z0-9_]*$'),
    ADD COLUMN read_problem_text text,
    ADD COLUMN read_problem_of text CHECK (read_problem_of IN ('poll', 'follow'));

COMMENT ON COLUMN hub.callback_check.read_list IS 'The list that polled_until, followed_until and read_problem are of. Null: none was read yet.';
COMMENT ON COLUMN hub.callback_check.polled_until IS 'Requests made before this were asked for, by Enreach''s clock: the next poll begins here where that is longer ago than Callback Age. Null: never.';
COMMENT ON COLUMN hub.callback_check.followed_until IS 'Changes before this were asked for, by Enreach''s clock; only in the two-way model. Null: as hub.callback_mark says.';
COMMENT ON COLUMN hub.callback_check.read_problem IS 'Why the requests of its list could not be read the last time, as a code; those the hub has are written all the same. Null: they were read, or never asked for.';
COMMENT ON COLUMN hub.callback_check.read_problem_text IS 'The same for people, with the remedy.';
COMMENT ON COLUMN hub.callback_check.read_problem_of IS 'Whose question has it: poll, for the requests that wait, or follow, for what changed. The other''s success leaves it.';

UPDATE hub.callback_check k SET read_list = p.callback_list_id, polled_until = k.polled_at
FROM hub.callback_profile p
WHERE p.tenant_id = k.tenant_id AND p.profile_id = k.profile_id AND p.version = k.polled_version AND k.polled_at IS NOT NULL;

CREATE OR REPLACE VIEW report.callback_profiles AS
SELECT
    t.name AS tenant, p.profile_id, p.name AS profile, p.source, p.callback_list_name AS list, k.queue_name AS queue, p.ownership_rule,
    p.duplicate_rule, p.method, p.age, p.age_unit, p.enabled,
    coalesce(
        k.problem_text, p.problem, CASE WHEN p.enabled AND k.read_list = p.callback_list_id THEN k.read_problem_text END,
        p.refused) AS problem,
    k.checked_at, k.polled_at, p.version, p.changed_at, p.changed_by
FROM hub.callback_profile p
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.callback_check k ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
WHERE p.deleted_at IS NULL;

ALTER TABLE hub.webhook_event ADD COLUMN looked_at timestamptz;
COMMENT ON COLUMN hub.webhook_event.looked_at IS 'When the API was last asked for what it names and did not show it. Null: it was shown, or was not asked for yet.';
COMMENT ON COLUMN hub.webhook_event.entity_id IS 'What the subscription was for: a callback list, a queue, a user; of events of callback requests a list alone. Null: none was named.';

COMMENT ON COLUMN report.callback_profiles.problem IS 'Why it takes nothing in, why its list could not be read, or why its newest form in Dynamics is not in force; with the remedy. Null: it works.';

-- Webhooks that are lost stay lost ----------------------------------------------------------------------------------------

-- As before, but a tenant whose webhooks of calls were told of in the last 30 days counts as one that has them: events are kept for a week
-- only, and where none came for longer than that nothing was said to be lost any more. And what is an event of a call is as hub.webhook_kind
-- has it: a UserCallbackChanged is none.
CREATE OR REPLACE FUNCTION hub.webhook_hours(from_at timestamptz, to_at timestamptz)
RETURNS SETOF hub.webhook_hour
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- a view's functions run with the rights of who reads it
SET search_path = hub, pg_temp SET jit = off SET enable_seqscan = off
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
        WHERE EXISTS (SELECT FROM hub.webhook_event w WHERE w.tenant_id = t.tenant_id AND w.event_type NOT ILIKE '%callback%')
        UNION
        SELECT h.tenant_id FROM hub.webhook_hour h
        WHERE h.hour > now() - interval '30 days' AND h.event_type = 'CallEnded' AND h.told > 0
    ), seen AS MATERIALIZED (
        SELECT c.tenant_id, c.call_id, date_trunc('hour', c.first_seen_at) AS hour
        FROM hub.call c JOIN listening USING (tenant_id)
        WHERE c.first_seen_at >= from_at AND c.first_seen_at < to_at AND c.backfill_id IS NULL
    ), told AS MATERIALIZED (
        SELECT w.tenant_id, w.subject_id, sum(w.copies) AS copies,
            greatest(extract(epoch FROM min(w.received_at) - min(w.event_at))::double precision, 0) AS delay
        FROM hub.webhook_event w
        WHERE w.received_at >= from_at - interval '1 hour' AND w.received_at < to_at + interval '1 hour'
          AND w.event_type NOT ILIKE '%callback%' AND w.subject_id IS NOT NULL
        GROUP BY 1, 2
    )
    SELECT s.tenant_id, 'CallEnded', s.hour, count(*), count(t.subject_id), coalesce(sum(t.copies) - count(t.subject_id), 0)::bigint,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY t.delay), percentile_cont(0.95) WITHIN GROUP (ORDER BY t.delay)
    FROM seen s LEFT JOIN told t ON t.tenant_id = s.tenant_id AND t.subject_id = s.call_id
    GROUP BY s.tenant_id, s.hour;
END
$$;

-- Links that are made late, and records that were merged ------------------------------------------------------------------

CREATE FUNCTION hub.directory_lock(for_tenant integer)
RETURNS void
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    -- Not the row of hub.directory_state: those who hold it would go past whoever waits for it, and a busy hub would starve a load.
    SELECT pg_advisory_xact_lock(hashtext('hub.directory_state'), for_tenant)
$$;

COMMENT ON FUNCTION hub.directory_lock IS 'Waits until nobody holds a tenant''s directory or changes it, and has it until the transaction ends. Before anything else in a transaction that changes it: who holds the directory may wait for a number of hub.directory_ambiguity.';
GRANT EXECUTE ON FUNCTION hub.directory_lock TO trunkline_user_sync, trunkline_operator, trunkline_console;

CREATE FUNCTION hub.directory_hold(for_tenant integer)
RETURNS TABLE (version bigint, reload_version bigint, is_complete boolean)
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
BEGIN
    -- Whoever changes the directory waits until what was decided by it is there; we never wait for them, not even behind one who waits.
    IF pg_try_advisory_xact_lock_shared(hashtext('hub.directory_state'), for_tenant) THEN
        -- A statement of its own, so that it sees what the last change left.
        RETURN QUERY
        SELECT s.version, s.reload_version, s.is_complete FROM hub.directory_state s WHERE s.tenant_id = for_tenant;
    ELSE
        RETURN QUERY
        SELECT NULL::bigint, NULL::bigint, NULL::boolean FROM hub.directory_state s WHERE s.tenant_id = for_tenant;
    END IF;
END
$$;

COMMENT ON FUNCTION hub.directory_hold IS 'Keeps a tenant''s directory from changing until the transaction ends, and answers how it stands. Nulls: somebody is changing it at this moment or about to (hub.directory_lock), and it is not held. No row: there is none.';
GRANT EXECUTE ON FUNCTION hub.directory_hold TO trunkline_call_sync, trunkline_callback_sync;

-- As before, but nobody holds the directory meanwhile, whoever calls it.
CREATE OR REPLACE FUNCTION hub.directory_changed(
    for_tenant integer, changed uuid[] DEFAULT '{}', losers uuid[] DEFAULT '{}', lost text[] DEFAULT '{}', reload boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    reached bigint;
BEGIN
    PERFORM hub.directory_lock(for_tenant);
    -- The row stays locked until the end of the transaction, so versions become visible in their order.
    INSERT INTO hub.directory_state AS s (tenant_id, version, reload_version)
    VALUES (for_tenant, 1, CASE WHEN reload THEN 1 ELSE 0 END)
    ON CONFLICT (tenant_id) DO UPDATE SET
        version = s.version + 1,
        reload_version = CASE WHEN reload THEN s.version + 1 ELSE s.reload_version END,
        changed_at = now()
    RETURNING version INTO reached;
    IF NOT reload THEN
        INSERT INTO hub.directory_change (tenant_id, version, entry_id, numbers)
        SELECT for_tenant, reached, entry, coalesce(array_agg(DISTINCT number) FILTER (WHERE number IS NOT NULL), '{}')
        FROM (SELECT c, NULL FROM unnest(changed) c UNION ALL SELECT * FROM unnest(losers, lost)) AS all_of (entry, number)
        GROUP BY entry;
    END IF;
    PERFORM pg_notify('trunkline_directory', for_tenant::text);
    RETURN reached;
END
$$;

-- As before, but the tenant's directory is locked first.
CREATE OR REPLACE FUNCTION hub.forget_directory_changes(for_tenant integer, keep interval DEFAULT '3 days')
RETURNS bigint
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    SELECT hub.directory_lock(for_tenant);
    WITH gone AS (
        DELETE FROM hub.directory_change WHERE tenant_id = for_tenant AND at < now() - keep RETURNING version
    ), noted AS (
        UPDATE hub.directory_state s SET reload_version = greatest(s.reload_version, g.version)
        FROM (SELECT max(version) AS version FROM gone) g
        WHERE s.tenant_id = for_tenant AND g.version > s.reload_version
    )
    SELECT count(*) FROM gone
$$;

-- As before, but the tenant's directory is locked first.
CREATE OR REPLACE FUNCTION hub.erase_directory(
    for_tenant integer, erasure uuid, international text, significant text, domestic text[])
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- operators change the directory in no other way
SET search_path = hub, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
    gone integer;
    all_of_them integer := 0;
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    PERFORM hub.directory_lock(for_tenant);
    DELETE FROM hub.directory_number n
    WHERE n.tenant_id = for_tenant AND (n.number = '+' || international OR n.raw ~ pattern OR n.number ~ pattern);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'directory_number', gone);
    all_of_them := all_of_them + gone;
    DELETE FROM hub.directory_decision d WHERE d.tenant_id = for_tenant AND d.number ~ pattern;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'directory_decision', gone);
    all_of_them := all_of_them + gone;
    DELETE FROM hub.directory_ambiguity a WHERE a.tenant_id = for_tenant AND a.number ~ pattern;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'directory_ambiguity', gone);
    DELETE FROM hub.call_unmatched u WHERE u.tenant_id = for_tenant AND u.number ~ pattern;
    UPDATE hub.directory_change c SET numbers = ARRAY(SELECT n FROM unnest(c.numbers) n WHERE n !~ pattern)
    WHERE c.tenant_id = for_tenant AND EXISTS (SELECT FROM unnest(c.numbers) n WHERE n ~ pattern);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'directory_change', gone);
    all_of_them := all_of_them + gone;
    IF all_of_them > 0 THEN
        -- Which number it was must not stand in the list of changes: copies are read anew.
        PERFORM hub.directory_changed(for_tenant, reload => true);
    END IF;
    RETURN all_of_them;
END
$$;

CREATE FUNCTION hub.directory_heirs(for_tenant integer, entries uuid[])
RETURNS TABLE (entry_id uuid, heir_id uuid, hops integer)
LANGUAGE sql STABLE
SET search_path = hub, pg_temp
AS $$
    WITH RECURSIVE heir AS (
        SELECT e.entry_id AS first_id, e.entry_id, e.merged_into, 0 AS hops
        FROM hub.directory_entry e WHERE e.tenant_id = for_tenant AND e.entry_id = ANY (entries)
        UNION ALL
        SELECT h.first_id, e.entry_id, e.merged_into, h.hops + 1
        FROM heir h JOIN hub.directory_entry e ON e.tenant_id = for_tenant AND e.entry_id = h.merged_into
        WHERE h.hops < 16
    )
    SELECT h.first_id, h.entry_id, h.hops FROM heir h
$$;

COMMENT ON FUNCTION hub.directory_heirs IS 'For each of the entries itself (hops 0) and those it was merged into, one after the other; the one with the most hops is whom it stands for now. Sixteen merges at most.';
GRANT EXECUTE ON FUNCTION hub.directory_heirs TO
    trunkline_user_sync, trunkline_call_sync, trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;

-- Programs may drop only what they keep house over ---------------------------------------------------------------------------

-- What hub.job_partitions did, in two: every program makes partitions, and those that keep house drop old ones. It does the same as before for
-- programs of version 15 and later, with the rights of who calls it.
CREATE FUNCTION hub.make_job_partitions(p_ahead_days integer DEFAULT 7)
RETURNS TABLE (partition text, action text) LANGUAGE plpgsql
SECURITY DEFINER  -- a partition belongs to the owner of its table
SET search_path = hub, pg_temp SET lock_timeout = '1s' SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    today CONSTANT date := current_date;
    day date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.job_done.partitions')) THEN
        RETURN;  -- somebody is at it
    END IF;
    FOR day IN SELECT generate_series(today, today + p_ahead_days, interval '1 day')::date LOOP
        partition := 'job_done_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('hub.' || partition) IS NOT NULL;
        BEGIN
            -- Rows of that day may have gone to the default partition meanwhile: they move, and none may come after them.
            LOCK TABLE hub.job_done_default IN ACCESS EXCLUSIVE MODE;
            EXECUTE format('CREATE TABLE hub.%I (LIKE hub.job_done INCLUDING ALL)', partition);
            EXECUTE format('COMMENT ON TABLE hub.%I IS %L', partition, 'Finished jobs of ' || day || ' (UTC); a partition of hub.job_done.');
            EXECUTE format('WITH gone AS (DELETE FROM hub.job_done_default WHERE finished_at >= %1$L AND finished_at < %2$L RETURNING *) '
                           'INSERT INTO hub.%3$I SELECT * FROM gone', day || ' 00:00+00', day + 1 || ' 00:00+00', partition);
            EXECUTE format('ALTER TABLE hub.job_done ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)',
                           partition, day || ' 00:00+00', day + 1 || ' 00:00+00');
            action := 'made';
            RETURN NEXT;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long: until the next call the default takes the rows
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION hub.make_job_partitions IS 'Makes the day partitions of hub.job_done ahead; answers which. What a long reader stands in the way of is left to the next call.';

CREATE FUNCTION hub.drop_job_partitions(p_keep_days integer)
RETURNS TABLE (partition text, action text) LANGUAGE plpgsql
SECURITY DEFINER  -- a partition belongs to the owner of its table
SET search_path = hub, pg_temp SET lock_timeout = '1s' SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    today CONSTANT date := current_date;
    old record;
BEGIN
    IF p_keep_days IS NULL OR p_keep_days < 1 THEN
        RAISE EXCEPTION 'refusing to keep less than one day of finished jobs';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.job_done.partitions')) THEN
        RETURN;  -- somebody is at it
    END IF;
    FOR old IN
        SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'hub.job_done'::regclass AND c.relname ~ '^job_done_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - p_keep_days
        ORDER BY 1
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE hub.%I', old.name);
            partition := old.name;
            action := 'dropped';
            RETURN NEXT;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long, and all others would queue behind us: the next call does it
        END;
    END LOOP;
    DELETE FROM hub.job_done_default WHERE finished_at < today - p_keep_days;
    DELETE FROM hub.job_stat WHERE minute < now() - p_keep_days * interval '1 day';
END $$;
COMMENT ON FUNCTION hub.drop_job_partitions IS 'Drops the day partitions of hub.job_done that are older than p_keep_days, together with hub.job_stat of that time; answers which. What a long reader stands in the way of is left to the next call.';

CREATE OR REPLACE FUNCTION hub.job_partitions(p_keep_days integer DEFAULT 30, p_ahead_days integer DEFAULT 7)
RETURNS TABLE (partition text, action text) LANGUAGE plpgsql
SECURITY INVOKER SET search_path = hub, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF p_keep_days < 1 THEN
        RAISE EXCEPTION 'refusing to keep less than one day of finished jobs';
    END IF;
    RETURN QUERY SELECT * FROM hub.make_job_partitions(p_ahead_days);
    IF p_keep_days IS NOT NULL THEN
        RETURN QUERY SELECT * FROM hub.drop_job_partitions(p_keep_days);
    END IF;
END $$;
COMMENT ON FUNCTION hub.job_partitions IS 'Makes the day partitions of hub.job_done ahead (hub.make_job_partitions), and drops those older than p_keep_days, null: none (hub.drop_job_partitions). Call it daily.';

GRANT EXECUTE ON FUNCTION hub.make_job_partitions TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT EXECUTE ON FUNCTION hub.drop_job_partitions TO trunkline_call_sync, trunkline_callback_sync;

-- Programs make schedules and change them; none was ever removed by one.
REVOKE DELETE ON hub.schedule FROM trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;

-- Plans that hold at any length -----------------------------------------------------------------------------------------

-- A session keeps the plan that it made when a table was short; these look for single rows in tables that become long.
ALTER FUNCTION hub.job_add SET enable_seqscan = off;
ALTER FUNCTION hub.job_hand_on SET enable_seqscan = off;
ALTER FUNCTION hub.job_retry SET enable_seqscan = off;
ALTER FUNCTION hub.job_cancel SET enable_seqscan = off;
