-- Routing: who may ask, by which rules, what is known of numbers besides the directory, and what was decided.

CREATE TABLE hub.api_key (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    key_id integer GENERATED ALWAYS AS IDENTITY,
    purpose text NOT NULL DEFAULT 'route' CHECK (purpose IN ('route')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    networks cidr[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    PRIMARY KEY (tenant_id, key_id)
);

COMMENT ON TABLE hub.api_key IS 'Keys by which the vendor''s core shows whose call it asks about. At most two of a tenant are valid at once, so that one can take the other''s place. Rows are never deleted.';
COMMENT ON COLUMN hub.api_key.tenant_id IS 'Whose calls the key opens.';
COMMENT ON COLUMN hub.api_key.key_id IS 'Number of the key.';
COMMENT ON COLUMN hub.api_key.purpose IS 'route: smart routing.';
COMMENT ON COLUMN hub.api_key.name IS 'What people call it.';
COMMENT ON COLUMN hub.api_key.digest IS 'SHA-256 of the key. The key itself is shown once, when it is made, and kept nowhere.';
COMMENT ON COLUMN hub.api_key.networks IS 'Networks the key may be shown from. Empty: any.';
COMMENT ON COLUMN hub.api_key.created_at IS 'When it was made.';
COMMENT ON COLUMN hub.api_key.created_by IS 'Who made it.';
COMMENT ON COLUMN hub.api_key.expires_at IS 'It is not valid from then on. Null: until it is revoked.';
COMMENT ON COLUMN hub.api_key.revoked_at IS 'When it was revoked. Null: it was not.';
COMMENT ON COLUMN hub.api_key.revoked_by IS 'Who revoked it.';

CREATE TABLE hub.route_rule_set (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    version integer NOT NULL CHECK (version > 0),
    document text NOT NULL CHECK (length(document) <= 1048576),
    rules integer NOT NULL CHECK (rules > 0),
    back_to integer,
    note text,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL,
    PRIMARY KEY (tenant_id, version)
);

COMMENT ON TABLE hub.route_rule_set IS 'Every rule document of a tenant that was applied; the newest is in force. Rows are never changed.';
COMMENT ON COLUMN hub.route_rule_set.tenant_id IS 'Whose rules.';
COMMENT ON COLUMN hub.route_rule_set.version IS 'Number within the tenant; decisions name it.';
COMMENT ON COLUMN hub.route_rule_set.document IS 'The document as it was given, YAML or JSON.';
COMMENT ON COLUMN hub.route_rule_set.rules IS 'How many rules it has.';
COMMENT ON COLUMN hub.route_rule_set.back_to IS 'Earlier version that this one repeats. Null: it is a new one.';
COMMENT ON COLUMN hub.route_rule_set.note IS 'Why, if they said so.';
COMMENT ON COLUMN hub.route_rule_set.applied_at IS 'Since when.';
COMMENT ON COLUMN hub.route_rule_set.applied_by IS 'Who applied it.';

CREATE TABLE hub.route_state (
    tenant_id integer PRIMARY KEY REFERENCES hub.tenant,
    version bigint NOT NULL DEFAULT 0,
    number_version bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.route_state IS 'Versions of what a router keeps in memory: who has lower ones reads anew.';
COMMENT ON COLUMN hub.route_state.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.route_state.version IS 'Grows with every change of rules and keys.';
COMMENT ON COLUMN hub.route_state.number_version IS 'Grows with every change of hub.route_number.';
COMMENT ON COLUMN hub.route_state.changed_at IS 'When one of them last grew.';

CREATE TABLE hub.route_number (
    tenant_id integer NOT NULL,
    number text NOT NULL CHECK (number ~ '^\+[1-9][0-9]{6,14}$'),
    kind text CHECK (kind IN ('contact', 'account', 'lead')),
    owner_number text CHECK (owner_number ~ '^\+[1-9][0-9]{6,14}$'),
    queue_number text CHECK (queue_number ~ '^\+[1-9][0-9]{6,14}$'),
    segment text,
    language text,
    blocked boolean NOT NULL DEFAULT false,
    open_case boolean NOT NULL DEFAULT false,
    open_callback boolean NOT NULL DEFAULT false,
    agent_number text CHECK (agent_number ~ '^\+[1-9][0-9]{6,14}$'),
    agent_at timestamptz,
    PRIMARY KEY (tenant_id, number)
);

COMMENT ON TABLE hub.route_number IS 'What routing knows of a number besides the directory: loaded from files, and gathered from calls and callbacks. Where no directory is in use it names the callers, too.';
COMMENT ON COLUMN hub.route_number.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.route_number.number IS 'The number in E.164.';
COMMENT ON COLUMN hub.route_number.kind IS 'What the caller is. Null: the directory says, or nobody knows.';
COMMENT ON COLUMN hub.route_number.owner_number IS 'Number of the user who looks after the caller. Null: the owner of the directory''s record.';
COMMENT ON COLUMN hub.route_number.queue_number IS 'Number of the queue of the caller''s account.';
COMMENT ON COLUMN hub.route_number.segment IS 'Segment, such as VIP. Null: the directory''s.';
COMMENT ON COLUMN hub.route_number.language IS 'Language, such as fi or sv-FI. Null: the directory''s.';
COMMENT ON COLUMN hub.route_number.blocked IS 'True: rules may turn the caller away.';
COMMENT ON COLUMN hub.route_number.open_case IS 'True: the caller has an open case.';
COMMENT ON COLUMN hub.route_number.open_callback IS 'True: the caller waits to be called back.';
COMMENT ON COLUMN hub.route_number.agent_number IS 'Number of the agent who talked to the caller last.';
COMMENT ON COLUMN hub.route_number.agent_at IS 'Start of that talk.';

-- Few numbers are stored without their country: whether there are any, and which, is found without a look at all others.
CREATE INDEX directory_number_local ON hub.directory_number (tenant_id, suffix) WHERE form = 'local';

CREATE TABLE hub.route_number_change (
    tenant_id integer NOT NULL,
    version bigint NOT NULL,
    number text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, version, number)
);

COMMENT ON TABLE hub.route_number_change IS 'Numbers of hub.route_number that changed or went at each version, kept for some days. The number * stands for all of them.';
COMMENT ON COLUMN hub.route_number_change.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.route_number_change.version IS 'Version of hub.route_state.number_version that brought the change.';
COMMENT ON COLUMN hub.route_number_change.number IS 'The number; read it anew, it may be gone.';
COMMENT ON COLUMN hub.route_number_change.at IS 'When.';

CREATE FUNCTION hub.route_changed(for_tenant integer, numbers text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    reached bigint;
BEGIN
    -- The row stays locked until the end of the transaction, so versions become visible in their order.
    INSERT INTO hub.route_state AS s (tenant_id, version, number_version)
    VALUES (for_tenant, CASE WHEN numbers IS NULL THEN 1 ELSE 0 END, CASE WHEN numbers IS NULL THEN 0 ELSE 1 END)
    ON CONFLICT (tenant_id) DO UPDATE SET
        version = s.version + CASE WHEN numbers IS NULL THEN 1 ELSE 0 END,
        number_version = s.number_version + CASE WHEN numbers IS NULL THEN 0 ELSE 1 END,
        changed_at = now()
    RETURNING CASE WHEN numbers IS NULL THEN version ELSE number_version END INTO reached;
    IF cardinality(numbers) > 10000 THEN
        numbers := '{*}';
    END IF;
    INSERT INTO hub.route_number_change (tenant_id, version, number)
    SELECT DISTINCT for_tenant, reached, number FROM unnest(numbers) AS c (number);
    PERFORM pg_notify('trunkline_rules', for_tenant::text);
    RETURN reached;
END
$$;

COMMENT ON FUNCTION hub.route_changed IS 'Notes at the end of a transaction that rules or keys of a tenant changed (no numbers given), or these numbers of hub.route_number, and tells who listens on trunkline_rules; answers the new version.';

CREATE FUNCTION hub.apply_route_rules(
    for_tenant integer, new_document text, rule_count integer, after_version integer, who text, why text DEFAULT NULL,
    repeats integer DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    newest integer;
BEGIN
    PERFORM hub.route_changed(for_tenant);
    SELECT coalesce(max(version), 0) INTO newest FROM hub.route_rule_set WHERE tenant_id = for_tenant;
    IF newest IS DISTINCT FROM coalesce(after_version, newest) THEN
        RAISE EXCEPTION 'the rules were changed meanwhile: version % is in force, not %', newest, after_version
            USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, back_to, note, applied_by)
    VALUES (for_tenant, newest + 1, new_document, rule_count, repeats, why, who);
    RETURN newest + 1;
END
$$;

COMMENT ON FUNCTION hub.apply_route_rules IS 'Puts a rule document into force and answers its version. The caller has compiled it. Refused when another version than the one given is in force.';

CREATE FUNCTION hub.add_api_key(
    for_tenant integer, key_name text, key_digest bytea, key_networks cidr[], who text, expires timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    made integer;
BEGIN
    -- The row of the tenant's state is locked: two who add keys at once see one another's.
    PERFORM hub.route_changed(for_tenant);
    IF (SELECT count(*) FROM hub.api_key
        WHERE tenant_id = for_tenant AND revoked_at IS NULL AND coalesce(expires_at > now(), true)) >= 2 THEN
        RAISE EXCEPTION 'two keys are valid already; revoke one first' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO hub.api_key (tenant_id, name, digest, networks, created_by, expires_at)
    VALUES (for_tenant, key_name, key_digest, key_networks, who, expires)
    RETURNING key_id INTO made;
    RETURN made;
END
$$;

COMMENT ON FUNCTION hub.add_api_key IS 'Makes a key valid and answers its number; refuses a third one.';

CREATE FUNCTION hub.revoke_api_key(for_tenant integer, key integer, who text)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
BEGIN
    PERFORM hub.route_changed(for_tenant);
    UPDATE hub.api_key SET revoked_at = now(), revoked_by = who
    WHERE tenant_id = for_tenant AND key_id = key AND revoked_at IS NULL;
    RETURN FOUND;
END
$$;

COMMENT ON FUNCTION hub.revoke_api_key IS 'Ends a key; false if there is no such key in force.';

CREATE TABLE hub.route_decision (
    tenant_id integer NOT NULL,
    at timestamptz NOT NULL,
    seq bigint NOT NULL,
    instance_id uuid NOT NULL,
    call_id text,
    anum text NOT NULL,
    bnum text NOT NULL,
    target_id text,
    masked boolean NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('route', 'disconnect', 'standard')),
    reason text NOT NULL CHECK (reason ~ '^[a-z][a-z_]*$'),
    rule text,
    initial_target text,
    fail_target text,
    took_us integer NOT NULL,
    rule_version integer,
    directory_version bigint,
    question jsonb NOT NULL,
    trace jsonb NOT NULL,
    PRIMARY KEY (tenant_id, at, instance_id, seq)
) PARTITION BY RANGE (at);

COMMENT ON TABLE hub.route_decision IS 'Where calls were sent, and why: written behind the answer, in batches. One partition a day (UTC), dropped by retention; rows are never changed.';
COMMENT ON COLUMN hub.route_decision.tenant_id IS 'Whose call.';
COMMENT ON COLUMN hub.route_decision.at IS 'When the vendor asked.';
COMMENT ON COLUMN hub.route_decision.seq IS 'Number within the run of the router.';
COMMENT ON COLUMN hub.route_decision.instance_id IS 'Which run of the router answered.';
COMMENT ON COLUMN hub.route_decision.call_id IS 'CallId of the request, if it had one.';
COMMENT ON COLUMN hub.route_decision.anum IS 'The caller''s number as received; all but its beginning and end are masked where masked is true.';
COMMENT ON COLUMN hub.route_decision.bnum IS 'The called number as received.';
COMMENT ON COLUMN hub.route_decision.target_id IS 'targetid of the request, if it had one.';
COMMENT ON COLUMN hub.route_decision.masked IS 'Whether numbers of people are masked in this row.';
COMMENT ON COLUMN hub.route_decision.outcome IS 'route: sent to initial_target; disconnect: ended; standard: stayed where it was (204).';
COMMENT ON COLUMN hub.route_decision.reason IS 'rule, no_rule, same_number, arrived, no_rules, stale, shed, deadline, lookup_failed (docs/router.md).';
COMMENT ON COLUMN hub.route_decision.rule IS 'Name of the rule that decided. Null: none did.';
COMMENT ON COLUMN hub.route_decision.initial_target IS 'Number the call was sent to.';
COMMENT ON COLUMN hub.route_decision.fail_target IS 'Number for calls that overflow from there.';
COMMENT ON COLUMN hub.route_decision.took_us IS 'Microseconds from the complete request to the answer.';
COMMENT ON COLUMN hub.route_decision.rule_version IS 'Version of the rules (hub.route_rule_set). Null: there were none.';
COMMENT ON COLUMN hub.route_decision.directory_version IS 'Version of the directory in the router''s memory. Null: looked up in the database.';
COMMENT ON COLUMN hub.route_decision.question IS 'All that the decision depended on besides the rules: what was known of the caller, and the request''s further data. A replay needs nothing else.';
COMMENT ON COLUMN hub.route_decision.trace IS 'The story: a line for each rule that was tried.';

CREATE INDEX route_decision_call ON hub.route_decision (tenant_id, call_id) WHERE call_id IS NOT NULL;

CREATE FUNCTION hub.make_route_partitions(days_ahead integer DEFAULT 3)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- a partition belongs to the owner of its table
SET search_path = hub, pg_temp
SET timezone = 'UTC'
SET lock_timeout = '1s'
AS $$
DECLARE
    made integer := 0;
    name text;
    day timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('hub.route_decision.partitions'));
    FOR day IN SELECT generate_series(date_trunc('day', now()) - interval '1 day', now() + least(days_ahead, 30) * interval '1 day', '1 day') LOOP
        name := 'route_decision_' || to_char(day, 'YYYY_MM_DD');
        IF to_regclass('hub.' || name) IS NULL THEN
            -- Attaching lets others read and write meanwhile.
            EXECUTE format('CREATE TABLE hub.%I (LIKE hub.route_decision INCLUDING ALL)', name);
            EXECUTE format('COMMENT ON TABLE hub.%I IS %L', name, 'hub.route_decision of ' || to_char(day, 'YYYY-MM-DD'));
            EXECUTE format('ALTER TABLE hub.route_decision ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)', name, day, day + interval '1 day');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION hub.make_route_partitions IS 'Makes the partitions of hub.route_decision of yesterday, today and some days ahead; answers how many were missing.';

SELECT hub.make_route_partitions();

CREATE FUNCTION hub.drop_route_partitions(keep interval)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- a partition belongs to the owner of its table
SET search_path = hub, pg_temp
SET timezone = 'UTC'
SET lock_timeout = '1s'
AS $$
DECLARE
    doomed record;
    dropped integer := 0;
BEGIN
    IF keep < interval '1 day' THEN
        RAISE EXCEPTION 'refusing to keep less than one day of decisions';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.route_decision.partitions')) THEN
        RETURN 0;  -- somebody is at it
    END IF;
    FOR doomed IN
        SELECT child.relname AS name
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'hub.route_decision'::regclass
          AND child.relname ~ '^route_decision_\d{4}_\d{2}_\d{2}$'
          AND to_date(right(child.relname, 10), 'YYYY_MM_DD') + interval '1 day' <= now() - keep
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE hub.%I', doomed.name);
            dropped := dropped + 1;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long: the next call does it
        END;
    END LOOP;
    DELETE FROM hub.route_number_change WHERE at < now() - interval '3 days';
    RETURN dropped;
END
$$;

COMMENT ON FUNCTION hub.drop_route_partitions IS 'Retention: drops the partitions of hub.route_decision of which every row is older than the given age, at least one day, and forgets old changes of numbers; answers how many partitions. Those that a long reader stands in the way of are left to the next call.';

CREATE FUNCTION hub.gather_route_agents(for_tenant integer, since interval DEFAULT '1 hour')
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
        WHERE c.tenant_id = for_tenant AND c.call_day >= (now() - since)::date AND c.changed_at >= now() - since
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

COMMENT ON FUNCTION hub.gather_route_agents IS 'Notes who talked to each caller last, from calls that changed within the given time; answers how many numbers changed.';

-- Rights ----------------------------------------------------------------------------------------------------------------

GRANT SELECT ON hub.api_key, hub.route_rule_set, hub.route_state, hub.route_number, hub.route_number_change TO trunkline_router, trunkline_operator;
GRANT SELECT (tenant_id, key_id, purpose, name, networks, created_at, created_by, expires_at, revoked_at, revoked_by) ON hub.api_key TO trunkline_console;
GRANT SELECT ON hub.route_rule_set, hub.route_state, hub.route_number TO trunkline_console;
GRANT INSERT ON hub.route_rule_set TO trunkline_operator, trunkline_console;
GRANT INSERT, UPDATE (revoked_at, revoked_by) ON hub.api_key TO trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.route_number TO trunkline_operator;
GRANT INSERT, UPDATE ON hub.route_state TO trunkline_operator, trunkline_console;
GRANT INSERT ON hub.route_number_change TO trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION hub.route_changed, hub.apply_route_rules TO trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION hub.add_api_key, hub.revoke_api_key TO trunkline_operator;

-- The router asks for the columns' types before it copies rows in.
GRANT SELECT, INSERT ON hub.route_decision TO trunkline_router;
GRANT SELECT ON hub.route_decision TO trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION hub.make_route_partitions, hub.drop_route_partitions, hub.gather_route_agents TO trunkline_router, trunkline_operator;

-- Reports ---------------------------------------------------------------------------------------------------------------

CREATE VIEW report.route_rules AS
SELECT
    t.name AS tenant, r.version, r.rules, r.back_to, r.note, r.applied_at, r.applied_by,
    r.version = max(r.version) OVER (PARTITION BY r.tenant_id) AS in_force
FROM hub.route_rule_set r
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.route_rules IS 'History of the routing rules.';
COMMENT ON COLUMN report.route_rules.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.route_rules.version IS 'Version of the rules.';
COMMENT ON COLUMN report.route_rules.rules IS 'How many rules it has.';
COMMENT ON COLUMN report.route_rules.back_to IS 'Earlier version that it repeats.';
COMMENT ON COLUMN report.route_rules.note IS 'Why, if they said so.';
COMMENT ON COLUMN report.route_rules.applied_at IS 'Since when.';
COMMENT ON COLUMN report.route_rules.applied_by IS 'Who applied it.';
COMMENT ON COLUMN report.route_rules.in_force IS 'Whether routers decide by it now.';

CREATE VIEW report.routing_by_hour AS
SELECT
    t.name AS tenant, date_trunc('hour', d.at) AS hour, coalesce(d.rule, '') AS rule, d.outcome, d.reason,
    count(*) AS calls, round(avg(d.took_us))::integer AS average_us, max(d.took_us) AS longest_us
FROM hub.route_decision d
JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, date_trunc('hour', d.at), d.rule, d.outcome, d.reason;

COMMENT ON VIEW report.routing_by_hour IS 'What routing did in each hour, by rule. Ask for the hours you need: older ones cost time.';
COMMENT ON COLUMN report.routing_by_hour.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.routing_by_hour.hour IS 'Start of the hour.';
COMMENT ON COLUMN report.routing_by_hour.rule IS 'Name of the rule that decided; empty where none did.';
COMMENT ON COLUMN report.routing_by_hour.outcome IS 'route, disconnect or standard.';
COMMENT ON COLUMN report.routing_by_hour.reason IS 'Reason code of the decision.';
COMMENT ON COLUMN report.routing_by_hour.calls IS 'How many questions.';
COMMENT ON COLUMN report.routing_by_hour.average_us IS 'Microseconds an answer took on average.';
COMMENT ON COLUMN report.routing_by_hour.longest_us IS 'Microseconds that the slowest took.';
