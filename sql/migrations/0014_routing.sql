-- Routing: who waits to be called back is gathered as the last talks are; routers learn which of several records a number stands for, as the
-- directory tells it; decisions keep the priority they gave.

ALTER TABLE hub.route_decision ADD COLUMN extra_priority integer;
COMMENT ON COLUMN hub.route_decision.extra_priority IS 'What the vendor was told to add to the call''s priority. Null: nothing.';

COMMENT ON COLUMN hub.route_decision.question IS 'All that the decision depended on besides the rules: what was known of the caller, and the request''s further data; where numbers are masked, also which lists the caller stood on and which lots were drawn. A replay needs nothing else.';

-- No rewrite: the default is a constant.
ALTER TABLE hub.route_number ADD COLUMN waits boolean NOT NULL DEFAULT false;

COMMENT ON TABLE hub.route_number IS 'What routing knows of a number besides the directory: who talked to the caller last, and whether the caller waits to be called back, are gathered from calls and callback requests; everything else is loaded from files. Where no directory is in use it names the callers, too.';
COMMENT ON COLUMN hub.route_number.open_callback IS 'True: the caller waits to be called back, by a file that was loaded.';
COMMENT ON COLUMN hub.route_number.waits IS 'True: the caller waits to be called back, by a callback request that the hub knows. Rules see either as open_callback.';
COMMENT ON COLUMN hub.route_number.queue_number IS 'Number of the queue of the caller''s account, by a file that was loaded.';
COMMENT ON COLUMN hub.route_number.blocked IS 'True: rules may turn the caller away, by a file that was loaded.';
COMMENT ON COLUMN hub.route_number.open_case IS 'True: the caller has an open case, by a file that was loaded.';

CREATE INDEX route_number_waits ON hub.route_number (tenant_id, number) WHERE waits;

-- Few requests of all that ever were are still waited for.
CREATE INDEX callback_waiting ON hub.callback (tenant_id, number)
    WHERE number IS NOT NULL AND (record_state = 'open' OR (record_state IS NULL AND enreach_state <> 'closed' AND state <> 'ignored'));

CREATE FUNCTION hub.gather_route_callbacks(for_tenant integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- the router has no business with callbacks but this
SET search_path = hub, pg_temp
AS $$
DECLARE
    gathered text[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.route_number.callbacks'), for_tenant) THEN
        RETURN 0;  -- another router is at it
    END IF;
    WITH waiting AS (
        SELECT DISTINCT c.number FROM hub.callback c
        WHERE c.tenant_id = for_tenant AND c.number IS NOT NULL AND c.number ~ '^\+[1-9][0-9]{6,14}$'
          AND (c.record_state = 'open' OR (c.record_state IS NULL AND c.enreach_state <> 'closed' AND c.state <> 'ignored'))
          AND (c.record_state IS NOT NULL OR coalesce(c.expires_at > now(), true))
    ), gone AS (
        UPDATE hub.route_number n SET waits = false
        WHERE n.tenant_id = for_tenant AND n.waits AND NOT EXISTS (SELECT FROM waiting w WHERE w.number = n.number)
        RETURNING n.number
    ), come AS (
        INSERT INTO hub.route_number AS n (tenant_id, number, waits)
        SELECT for_tenant, w.number, true FROM waiting w
        ON CONFLICT (tenant_id, number) DO UPDATE SET waits = true WHERE NOT n.waits
        RETURNING n.number
    )
    SELECT array_agg(number) INTO gathered FROM (SELECT number FROM gone UNION ALL SELECT number FROM come) changed;
    IF gathered IS NULL THEN
        RETURN 0;
    END IF;
    -- Of those who no longer wait nothing may be left to know.
    DELETE FROM hub.route_number n
    WHERE n.tenant_id = for_tenant AND n.number = ANY (gathered) AND NOT n.waits AND n.kind IS NULL AND n.owner_number IS NULL
      AND n.queue_number IS NULL AND n.segment IS NULL AND n.language IS NULL AND NOT n.blocked AND NOT n.open_case
      AND NOT n.open_callback AND n.agent_number IS NULL;
    PERFORM hub.route_changed(for_tenant, gathered);
    RETURN cardinality(gathered);
END
$$;

COMMENT ON FUNCTION hub.gather_route_callbacks IS 'Notes who waits to be called back: whose request is open, in Dynamics or, until it is there, in Enreach. Answers how many numbers changed.';

CREATE FUNCTION hub.gather_route_rivals(for_tenant integer, since interval)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- the router has no business with calls but this
SET search_path = hub, pg_temp
AS $$
DECLARE
    gathered text[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.route_number.rivals'), for_tenant) THEN
        RETURN 0;  -- another router is at it
    END IF;
    WITH spoken AS (
        SELECT DISTINCT c.other_number AS number FROM hub.call c
        WHERE c.tenant_id = for_tenant AND c.call_day >= ((now() - since) AT TIME ZONE 'UTC')::date - 1 AND c.regarding_id IS NOT NULL
          AND greatest(c.changed_at, c.written_at, c.updated_at) >= now() - since AND c.other_number ~ '^\+[1-9][0-9]{6,14}$'
    )
    SELECT array_agg(s.number) INTO gathered FROM spoken s
    WHERE (SELECT count(DISTINCT d.entry_id) FROM hub.directory_number d WHERE d.tenant_id = for_tenant AND d.number = s.number) > 1;
    IF gathered IS NOT NULL THEN
        PERFORM hub.route_changed(for_tenant, gathered);
    END IF;
    RETURN coalesce(cardinality(gathered), 0);
END
$$;

COMMENT ON FUNCTION hub.gather_route_rivals IS 'Has routers look again at numbers of several records of which one was spoken with lately: by the last interaction another one may be meant now. Answers how many numbers.';

GRANT EXECUTE ON FUNCTION hub.gather_route_callbacks, hub.gather_route_rivals TO trunkline_router, trunkline_operator;
GRANT EXECUTE ON FUNCTION hub.directory_open TO trunkline_router;

-- A call keeps the UTC day on which it started, and may end after midnight.
CREATE OR REPLACE FUNCTION hub.gather_route_agents(for_tenant integer, since interval DEFAULT '1 hour')
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- the router has no business with calls but this
SET search_path = hub, pg_temp
AS $$
DECLARE
    gathered text[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.route_number.agents'), for_tenant) THEN
        RETURN 0;  -- another router is at it
    END IF;
    WITH talks AS (
        SELECT DISTINCT ON (c.other_number) c.other_number AS number, o.number AS agent, c.started_at
        FROM hub.call c
        JOIN hub.own_number o ON o.tenant_id = c.tenant_id AND o.kind = 'user' AND o.enreach_id = c.enreach_user_id
        WHERE c.tenant_id = for_tenant AND c.call_day >= ((now() - since) AT TIME ZONE 'UTC')::date - 1 AND c.changed_at >= now() - since
          AND c.answered AND NOT c.internal AND c.privacy = 'work' AND c.other_number ~ '^\+[1-9][0-9]{6,14}$'
          AND o.number ~ '^\+[1-9][0-9]{6,14}$'
        ORDER BY c.other_number, c.started_at DESC, o.number
    ), kept AS (
        INSERT INTO hub.route_number AS n (tenant_id, number, agent_number, agent_at)
        SELECT for_tenant, t.number, t.agent, t.started_at FROM talks t
        ON CONFLICT (tenant_id, number) DO UPDATE SET agent_number = excluded.agent_number, agent_at = excluded.agent_at
        WHERE n.agent_at IS NULL OR n.agent_at < excluded.agent_at
        RETURNING n.number
    )
    SELECT array_agg(number) INTO gathered FROM kept;
    IF gathered IS NOT NULL THEN
        PERFORM hub.route_changed(for_tenant, gathered);
    END IF;
    RETURN coalesce(cardinality(gathered), 0);
END
$$;

-- The router asks for callbacks by functions alone.
REVOKE SELECT ON hub.callback FROM trunkline_router;
