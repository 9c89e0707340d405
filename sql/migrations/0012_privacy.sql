-- Privacy: numbers that were erased, the receipts of it, what takes a number out of the tables, and retention where there was none.
--
-- The hub never keeps an erased number. What tells it again is a tombstone: an HMAC of the number under a key that stands in the
-- programs' configuration and never in this database, so that nobody who reads the database can try numbers against it.

-- What programs look at ------------------------------------------------------------------------------------------------

ALTER TABLE hub.tenant ADD COLUMN erasure_version integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN hub.tenant.erasure_version IS 'Grows with every change of hub.erased_number of the tenant; 0 = no number was ever erased. Who brings numbers in compares it at the end of its transaction.';

-- NOT VALID: no row has the column yet, so there is nothing to look through while everybody waits.
ALTER TABLE hub.call
    ADD COLUMN erased_at timestamptz,
    ADD CONSTRAINT call_erased CHECK (erased_at IS NULL OR (
        own_number IS NULL AND own_raw IS NULL AND other_number IS NULL AND other_raw IS NULL)) NOT VALID;
COMMENT ON COLUMN hub.call.erased_at IS 'When the numbers of the call were erased; none is ever stored with it again. Null: they were not.';

ALTER TABLE hub.callback
    ADD COLUMN erased_at timestamptz,
    ADD CONSTRAINT callback_erased CHECK (erased_at IS NULL OR (number IS NULL AND number_raw IS NULL AND note IS NULL)) NOT VALID;
COMMENT ON COLUMN hub.callback.erased_at IS 'When the number of the request was erased; none is ever stored with it again. Null: it was not.';

CREATE TABLE hub.erased_number (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    erasure_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, digest)
);

COMMENT ON TABLE hub.erased_number IS 'Tombstones: numbers that must not come back, a row for each way of writing one that the hub takes for the same. Kept until they are lifted.';
COMMENT ON COLUMN hub.erased_number.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.erased_number.digest IS 'HMAC-SHA256 of tenant and number under the hub''s key, which is not in this database.';
COMMENT ON COLUMN hub.erased_number.key_id IS 'Which key: a program that has another one can''t tell the number and takes nothing in.';
COMMENT ON COLUMN hub.erased_number.erasure_id IS 'The erasure that made it (hub.erasure).';
COMMENT ON COLUMN hub.erased_number.created_at IS 'Since when.';

GRANT SELECT ON hub.erased_number TO
    trunkline_call_sync, trunkline_callback_sync, trunkline_user_sync, trunkline_router, trunkline_operator;

CREATE TABLE hub.erasure (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    erasure_id uuid NOT NULL,
    number_digest bytea NOT NULL CHECK (length(number_digest) = 32),
    key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done')),
    requested_at timestamptz NOT NULL DEFAULT now(),
    requested_by text NOT NULL,
    why text NOT NULL,
    keep_dynamics boolean NOT NULL,
    counts jsonb NOT NULL DEFAULT '{}',
    dynamics jsonb NOT NULL DEFAULT '{}',
    finished_at timestamptz,
    signature bytea,
    receipt jsonb,
    PRIMARY KEY (tenant_id, erasure_id),
    CHECK ((state = 'done') = (finished_at IS NOT NULL)),
    CHECK ((finished_at IS NULL) = (signature IS NULL) AND (finished_at IS NULL) = (receipt IS NULL))
);

CREATE UNIQUE INDEX erasure_running ON hub.erasure (tenant_id, number_digest) WHERE state = 'running';

COMMENT ON TABLE hub.erasure IS 'Every erasure of a number, with its receipt. Rows are never deleted: they prove what was done.';
COMMENT ON COLUMN hub.erasure.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.erasure.erasure_id IS 'Id of the erasure; its receipt names it.';
COMMENT ON COLUMN hub.erasure.number_digest IS 'HMAC-SHA256 of tenant and number: who has the key and the number can tell which one it was.';
COMMENT ON COLUMN hub.erasure.key_id IS 'Key of the digest and of the signature.';
COMMENT ON COLUMN hub.erasure.state IS 'running: begun, and to be gone on with by the same command; done: nothing of the number was left.';
COMMENT ON COLUMN hub.erasure.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN hub.erasure.requested_by IS 'Who asked for it.';
COMMENT ON COLUMN hub.erasure.why IS 'Why, in their words.';
COMMENT ON COLUMN hub.erasure.keep_dynamics IS 'True: phone calls in Dynamics were left as they are.';
COMMENT ON COLUMN hub.erasure.counts IS 'Rows that were masked or removed, by table.';
COMMENT ON COLUMN hub.erasure.dynamics IS 'Phone calls in Dynamics by what became of them: deleted, masked, gone, kept.';
COMMENT ON COLUMN hub.erasure.finished_at IS 'When it was done. Null: it is under way.';
COMMENT ON COLUMN hub.erasure.signature IS 'Ed25519 signature over the receipt without its signature.';
COMMENT ON COLUMN hub.erasure.receipt IS 'The receipt as it was printed.';

GRANT SELECT ON hub.erasure TO trunkline_operator, trunkline_console;

CREATE TABLE hub.erasure_item (
    tenant_id integer NOT NULL,
    erasure_id uuid NOT NULL,
    entity text NOT NULL CHECK (entity IN ('call', 'callback')),
    subject_id uuid NOT NULL,
    job_key text NOT NULL,
    keep_dynamics boolean NOT NULL,
    outcome text CHECK (outcome IN ('deleted', 'masked', 'gone', 'kept', 'none')),
    settled_at timestamptz,
    PRIMARY KEY (tenant_id, erasure_id, entity, subject_id),
    FOREIGN KEY (tenant_id, erasure_id) REFERENCES hub.erasure
);

CREATE INDEX erasure_item_subject ON hub.erasure_item (tenant_id, subject_id) WHERE outcome IS NULL;

COMMENT ON TABLE hub.erasure_item IS 'Phone calls in Dynamics that an erasure under way has to look after; the rows go when it is done.';
COMMENT ON COLUMN hub.erasure_item.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.erasure_item.erasure_id IS 'Which erasure.';
COMMENT ON COLUMN hub.erasure_item.entity IS 'Whether it is the phone call of a call or of a callback request.';
COMMENT ON COLUMN hub.erasure_item.subject_id IS 'Id of that call or request.';
COMMENT ON COLUMN hub.erasure_item.job_key IS 'Key in whose line the job stands, so that it comes after every write that is under way.';
COMMENT ON COLUMN hub.erasure_item.keep_dynamics IS 'True: the record in Dynamics is left as it is.';
COMMENT ON COLUMN hub.erasure_item.outcome IS 'deleted, masked; gone: there was none any more; kept: left as it was, because that was asked for; none: none was ever made. Null: it waits.';
COMMENT ON COLUMN hub.erasure_item.settled_at IS 'When that was known.';

GRANT SELECT, UPDATE (outcome, settled_at) ON hub.erasure_item TO trunkline_call_sync, trunkline_callback_sync;
GRANT SELECT ON hub.erasure_item TO trunkline_operator;

-- Finding a number -----------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.number_pattern(international text, significant text, domestic text[], strict boolean DEFAULT true)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What people put between digits.
    between CONSTANT text := '\s./()\u00A0\u2009\u202F\u2010\u2011\u2013-';
    gap CONSTANT text := '[' || between || ']{0,3}';
    -- The end of another country's number may be the same digits.
    alone CONSTANT text := '(?<!(?:\+|(?:^|[^0-9])00)[0-9' || between || ']{1,7})';
    country text := left(international, length(international) - length(significant));
    forms text[];
BEGIN
    IF international !~ '^[1-9][0-9]{6,14}$' OR significant !~ '^[0-9]{4,14}$' OR country = ''
        OR right(international, length(significant)) <> significant
        OR EXISTS (SELECT FROM unnest(domestic) n WHERE n !~ '^[0-9]{5,17}$') THEN
        RAISE EXCEPTION 'that is no number that could be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    forms := ARRAY['(?:(?:\+|0{1,3})' || gap || ')?' || array_to_string(string_to_array(country, NULL), gap) || gap || '(?:0' || gap || ')?'
        || array_to_string(string_to_array(significant, NULL), gap)];
    SELECT forms || coalesce(array_agg(alone || array_to_string(string_to_array(n, NULL), gap) ORDER BY length(n) DESC), '{}')
    INTO forms FROM unnest(domestic) n;
    RETURN CASE WHEN strict THEN '(?<![0-9A-Za-z+])' ELSE '' END || '(?:' || array_to_string(forms, '|') || ')(?![0-9])';
END
$$;

COMMENT ON FUNCTION hub.number_pattern IS 'A regular expression for a number however people write it: with and without its country, with blanks, brackets and dashes. international: its digits with the country code; significant: those without; domestic: as it is written in its own country. Not strict: letters and digits may stand before it, as in the text of a JSON document.';

CREATE FUNCTION hub.number_hint(expression text, significant text)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- A hundred times quicker than the regular expression, which is left for the few that remain.
    SELECT repeat('replace(', length(marks)) || expression
        || (SELECT string_agg(format(', %L, %L)', mark, ''), '' ORDER BY place) FROM string_to_table(marks, NULL) WITH ORDINALITY AS m (mark, place))
        || format(' LIKE %L', '%' || significant || '%')
    FROM (SELECT U&' ./()-\00A0\2009\202F\2010\2011\2013' AS marks) m
$$;

COMMENT ON FUNCTION hub.number_hint IS 'A condition, as SQL, that every text with a number fulfils and few others.';

CREATE FUNCTION hub.mask_json(value jsonb, pattern text, instead text)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
SET search_path = hub, pg_catalog, pg_temp
AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'string' THEN RETURN to_jsonb(regexp_replace(value #>> '{}', pattern, instead, 'g'));
        WHEN 'number' THEN RETURN CASE WHEN value #>> '{}' ~ pattern THEN 'null'::jsonb ELSE value END;
        WHEN 'array' THEN
            RETURN (SELECT coalesce(jsonb_agg(hub.mask_json(element, pattern, instead) ORDER BY place), '[]')
                    FROM jsonb_array_elements(value) WITH ORDINALITY AS e (element, place));
        WHEN 'object' THEN
            RETURN (SELECT coalesce(jsonb_object_agg(regexp_replace(member, pattern, instead, 'g'), hub.mask_json(content, pattern, instead)), '{}')
                    FROM jsonb_each(value) AS e (member, content));
        ELSE RETURN value;
    END CASE;
END
$$;

COMMENT ON FUNCTION hub.mask_json IS 'A JSON value with other words in place of a number, wherever it stands in it.';

CREATE FUNCTION hub.number_columns()
RETURNS TABLE (relation regclass, place text, attribute text, kind text, tenancy text)
LANGUAGE sql STABLE
SET search_path = hub, pg_catalog, pg_temp
AS $$
    SELECT c.oid::regclass, r.relname::text, a.attname::text, format_type(a.atttypid, NULL),
        CASE WHEN t.attname IS NULL THEN 'none' WHEN t.attnotnull THEN 'always' ELSE 'maybe' END
    FROM pg_class c
    JOIN pg_class r ON r.oid = coalesce(pg_partition_root(c.oid), c.oid)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped
    WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r'
      AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'jsonb'::regtype, 'json'::regtype)
      AND r.relname NOT IN ('erased_number', 'erasure', 'erasure_item', 'schema_migration', 'job_kind', 'job_queue', 'job_chore')
      -- What orders jobs that are not finished; made of ids.
      AND NOT (r.relname IN ('job_ready', 'job_lease', 'job_later', 'job_wait', 'job_key', 'job_unique') AND a.attname IN ('key', 'unique_key'))
$$;

COMMENT ON FUNCTION hub.number_columns IS 'Every column of the schema that could hold a number as text, tables of later versions included; each partition by itself. tenancy: whether the table''s rows belong to a tenant, always, maybe, or none of them does.';

CREATE FUNCTION hub.number_condition(
    for_tenant integer, searched regclass, international text, significant text, domestic text[], tokens text[])
RETURNS text
LANGUAGE sql STABLE
SET search_path = hub, pg_catalog, pg_temp
AS $$
    SELECT CASE tenancy WHEN 'none' THEN 'true' WHEN 'always' THEN format('r.tenant_id IN (0, %s)', for_tenant)
               ELSE format('(r.tenant_id = %s OR r.tenant_id IS NULL)', for_tenant) END
        || ' AND (' || hub.number_hint(format('concat_ws(''|'', %s)', string_agg(format('r.%I', attribute), ', ')), significant)
        || ' AND (' || string_agg(
            CASE
                WHEN kind IN ('jsonb', 'json') THEN format(
                    'r.%1$I::text ~ %2$L AND hub.mask_json(r.%1$I::jsonb, %3$L, %4$L) IS DISTINCT FROM r.%1$I::jsonb',
                    attribute, loose, pattern, '')
                WHEN kind = 'text[]' THEN format('EXISTS (SELECT FROM unnest(r.%I) e WHERE e ~ %L)', attribute, pattern)
                ELSE format('r.%I ~ %L', attribute, pattern)
            END, ' OR ') || ')'
        || CASE WHEN cardinality(tokens) > 0 THEN coalesce(' OR ' || string_agg(
            format('r.%I = ANY (%L::text[])', attribute, tokens), ' OR ') FILTER (WHERE kind NOT IN ('jsonb', 'json', 'text[]')), '') ELSE '' END
        || ')'
    FROM hub.number_columns(),
        (SELECT hub.number_pattern(international, significant, domestic) AS pattern,
            hub.number_pattern(international, significant, domestic, false) AS loose) p
    WHERE relation = searched
    GROUP BY tenancy
$$;

COMMENT ON FUNCTION hub.number_condition IS 'The condition under which a row r of a table holds a number of a tenant, or one of the words made from it. Null: the table can''t.';

CREATE FUNCTION hub.number_rows(
    for_tenant integer, searched regclass, international text, significant text, domestic text[], tokens text[] DEFAULT '{}',
    most integer DEFAULT NULL)
RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- so that none is missed: every table of the hub is looked through
SET search_path = hub, pg_catalog, pg_temp
AS $$
DECLARE
    condition text := hub.number_condition(for_tenant, searched, international, significant, domestic, tokens);
BEGIN
    IF condition IS NOT NULL THEN
        -- What lets somebody in is nobody's number.
        RETURN QUERY EXECUTE format(
            'SELECT to_jsonb(r) - ARRAY[''digest'', ''form_key'', ''password'', ''nonce'', ''verifier''] FROM %s r WHERE %s LIMIT %L',
            searched, condition, most);
    END IF;
END
$$;

COMMENT ON FUNCTION hub.number_rows IS 'The rows of one table that hold a number of a tenant in whatever column and form.';

CREATE FUNCTION hub.number_count(
    for_tenant integer, searched regclass, international text, significant text, domestic text[], tokens text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- as hub.number_rows
SET search_path = hub, pg_catalog, pg_temp
AS $$
DECLARE
    condition text := hub.number_condition(for_tenant, searched, international, significant, domestic, tokens);
    found bigint := 0;
BEGIN
    IF condition IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FROM %s r WHERE %s', searched, condition) INTO found;
    END IF;
    RETURN found;
END
$$;

COMMENT ON FUNCTION hub.number_count IS 'How many rows of one table hold a number of a tenant in whatever column and form.';

CREATE FUNCTION hub.number_hindrances(for_tenant integer, international text, significant text, domestic text[])
RETURNS SETOF text
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- as hub.number_rows
SET search_path = hub, pg_catalog, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
BEGIN
    RETURN QUERY
    SELECT 'own_number' WHERE EXISTS (SELECT FROM hub.own_number o WHERE o.tenant_id = for_tenant AND o.number ~ pattern)
    UNION ALL
    SELECT 'person' WHERE EXISTS (SELECT FROM hub.person p WHERE p.tenant_id = for_tenant AND (p.mobile_number ~ pattern OR p.mobile_raw ~ pattern))
    UNION ALL
    SELECT 'rules' WHERE EXISTS (
        SELECT FROM (SELECT document FROM hub.route_rule_set WHERE tenant_id = for_tenant ORDER BY version DESC LIMIT 1) r WHERE r.document ~ pattern)
    UNION ALL
    SELECT 'dynamics_setting' WHERE EXISTS (SELECT FROM hub.dynamics_setting s WHERE s.tenant_id = for_tenant AND s.value ~ pattern);
END
$$;

COMMENT ON FUNCTION hub.number_hindrances IS 'Why a number can''t be erased yet: it is one of the tenant''s own (own_number, person), or stands in something that people keep elsewhere and the hub reads again (rules, dynamics_setting).';

-- Erasing one ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.begin_erasure(
    for_tenant integer, new_erasure uuid, digests bytea[], key text, who text, reason text, keeps_dynamics boolean)
RETURNS TABLE (erasure uuid, begun_by text)
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody writes tombstones by hand
SET search_path = hub, pg_temp
AS $$
DECLARE
    known uuid;
BEGIN
    IF cardinality(digests) < 1 THEN
        RAISE EXCEPTION 'an erasure needs a digest';
    END IF;
    -- The row stays locked until the end of the transaction: two who erase one number find one erasure.
    UPDATE hub.tenant SET erasure_version = erasure_version + 1 WHERE tenant_id = for_tenant;
    SELECT e.erasure_id INTO known FROM hub.erasure e
    WHERE e.tenant_id = for_tenant AND e.number_digest = digests[1] AND e.state = 'running';
    IF known IS NULL THEN
        known := new_erasure;
        INSERT INTO hub.erasure (tenant_id, erasure_id, number_digest, key_id, requested_by, why, keep_dynamics)
        VALUES (for_tenant, known, digests[1], key, who, reason, keeps_dynamics);
        INSERT INTO hub.operator_action (tenant_id, who, action, target, detail)
        VALUES (for_tenant, who, 'erase.begin', known::text,
                jsonb_build_object('number_digest', encode(digests[1], 'hex'), 'why', reason, 'keep_dynamics', keeps_dynamics));
    END IF;
    INSERT INTO hub.erased_number (tenant_id, digest, key_id, erasure_id)
    SELECT for_tenant, d, key, known FROM unnest(digests) d
    ON CONFLICT (tenant_id, digest) DO NOTHING;
    -- Routers look at versions each second anyway; this lets them look at once.
    PERFORM pg_notify('trunkline_rules', for_tenant::text);
    RETURN QUERY SELECT known, pg_current_xact_id()::text;
END
$$;

COMMENT ON FUNCTION hub.begin_erasure IS 'Sets the tombstones of a number and answers its erasure, a running one or a new one, and the transaction that did it: once all transactions before have ended (hub.erasure_is_clear), none brings the number in any more. The first digest is the number''s own.';

CREATE FUNCTION hub.erasure_is_clear(begun_by text)
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_snapshot_xmin(pg_current_snapshot()) > begun_by::xid8
$$;

COMMENT ON FUNCTION hub.erasure_is_clear IS 'Whether every transaction that wrote something when the tombstones were set has ended.';

CREATE FUNCTION hub.expect_running_erasure(for_tenant integer, erasure uuid)
RETURNS void
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
BEGIN
    PERFORM FROM hub.erasure e WHERE e.tenant_id = for_tenant AND e.erasure_id = erasure AND e.state = 'running' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such erasure under way';
    END IF;
END
$$;

COMMENT ON FUNCTION hub.expect_running_erasure IS 'Refuses to go on when an erasure is not under way.';

CREATE FUNCTION hub.count_erased(for_tenant integer, erasure uuid, place text, number bigint)
RETURNS void
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    UPDATE hub.erasure e
    SET counts = e.counts || jsonb_build_object(place, coalesce((e.counts ->> place)::bigint, 0) + number)
    WHERE e.tenant_id = for_tenant AND e.erasure_id = erasure AND number > 0
$$;

COMMENT ON FUNCTION hub.count_erased IS 'Adds to the figures of an erasure, in the transaction that did the work.';

CREATE FUNCTION hub.erase_stories(for_tenant integer, about text, subjects uuid[])
RETURNS integer
LANGUAGE sql
SECURITY DEFINER  -- nobody else may change the timeline
SET search_path = hub, pg_temp
AS $$
    WITH erased AS (
        SELECT call_id AS subject_id FROM hub.call
        WHERE about = 'call' AND tenant_id = for_tenant AND call_id = ANY (subjects) AND erased_at IS NOT NULL
        UNION ALL
        SELECT callback_id FROM hub.callback
        WHERE about = 'callback' AND tenant_id = for_tenant AND callback_id = ANY (subjects) AND erased_at IS NOT NULL
    ), told AS (
        SELECT t.subject_id, t.at, t.seq, (
            SELECT jsonb_object_agg(member, content) FROM jsonb_each(t.detail) d (member, content)
            WHERE member IN (
                'source', 'privacy', 'talk_seconds', 'oddities', 'activity', 'owner', 'owner_rule', 'match', 'attempt', 'fields', 'touched',
                'code', 'queue', 'list', 'enreach_state', 'problem', 'profile', 'bundle', 'for')) AS kept
        FROM hub.timeline t JOIN erased e USING (subject_id)
        WHERE t.tenant_id = for_tenant AND t.entity = about AND jsonb_typeof(t.detail) = 'object'
    ), changed AS (
        UPDATE hub.timeline t SET detail = n.kept
        FROM told n
        WHERE t.tenant_id = for_tenant AND t.subject_id = n.subject_id AND t.at = n.at AND t.seq = n.seq AND t.entity = about
          AND t.detail IS DISTINCT FROM n.kept
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
$$;

COMMENT ON FUNCTION hub.erase_stories IS 'Takes out of the stories of erased calls, or callback requests, all that is not known to be harmless: whom they regarded, what the vendors said. Answers how many rows.';
GRANT EXECUTE ON FUNCTION hub.erase_stories TO trunkline_call_sync, trunkline_callback_sync;

CREATE FUNCTION hub.erase_calls(
    for_tenant integer, erasure uuid, day date, international text, significant text, domestic text[])
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- operators change no calls but by this
SET search_path = hub, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
    hits uuid[];
    nameless uuid[];
    keeps boolean;
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    SELECT e.keep_dynamics INTO keeps FROM hub.erasure e WHERE e.tenant_id = for_tenant AND e.erasure_id = erasure;
    EXECUTE format(
        $statement$
        SELECT array_agg(h.call_id), array_agg(h.call_id) FILTER (WHERE 'no_id' = ANY (h.oddities)) FROM (
            SELECT c.call_id, c.oddities FROM hub.call c
            WHERE c.tenant_id = $1 AND c.call_day = $2 AND %s AND (
                c.other_number ~ $3 OR c.other_raw ~ $3 OR c.own_number ~ $3 OR c.own_raw ~ $3
                OR EXISTS (SELECT FROM jsonb_array_elements(c.legs) l WHERE l ->> 'from' ~ $3 OR l ->> 'to' ~ $3))
            ORDER BY c.call_id FOR NO KEY UPDATE  -- everybody locks calls in this order
        ) h
        $statement$,
        hub.number_hint('concat_ws(''|'', c.other_number, c.other_raw, c.own_number, c.own_raw, c.legs)', significant))
    INTO hits, nameless USING for_tenant, day, pattern;
    IF hits IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE hub.call c SET
        erased_at = now(), changed_at = now(), content_hash = 0,
        own_number = NULL, own_raw = NULL, other_number = NULL, other_raw = NULL, recording_ids = '{}', transcript_ids = '{}',
        legs = (SELECT coalesce(jsonb_agg(l - ARRAY['from', 'to', 'recordings', 'transcripts'] ORDER BY place), '[]')
                FROM jsonb_array_elements(c.legs) WITH ORDINALITY AS e (l, place)),
        reason = CASE WHEN c.state = 'skipped' THEN 'erased' ELSE c.reason END,
        regarding_table = NULL, regarding_id = NULL, match_rule = NULL, error_text = NULL
    WHERE c.tenant_id = for_tenant AND c.call_id = ANY (hits);
    -- What never came to be written, and is not about to be, needs no look into Dynamics.
    INSERT INTO hub.erasure_item (tenant_id, erasure_id, entity, subject_id, job_key, keep_dynamics)
    SELECT for_tenant, erasure, 'call', c.call_id, c.call_id::text, keeps
    FROM hub.call c
    WHERE c.tenant_id = for_tenant AND c.call_id = ANY (hits) AND NOT c.call_id = ANY (coalesce(nameless, '{}'))
      AND NOT (c.state = 'skipped' AND c.written IS NULL
               AND NOT EXISTS (SELECT FROM hub.job_key k WHERE k.tenant_id = for_tenant AND k.key = c.call_id::text))
    ON CONFLICT DO NOTHING;
    PERFORM hub.count_erased(for_tenant, erasure, 'timeline', hub.erase_stories(for_tenant, 'call', hits));
    -- The id of a call that came without one is made from what it says, its numbers included. It may come again under another.
    WITH gone AS (
        DELETE FROM hub.call c WHERE c.tenant_id = for_tenant AND c.call_id = ANY (nameless) RETURNING c.call_day
    )
    UPDATE hub.call_intake i SET seen = i.seen - g.number
    FROM (SELECT call_day, count(*) AS number FROM gone GROUP BY call_day) g
    WHERE i.tenant_id = for_tenant AND i.call_day = g.call_day;
    DELETE FROM hub.timeline t WHERE t.tenant_id = for_tenant AND t.subject_id = ANY (nameless) AND t.entity = 'call';
    PERFORM hub.count_erased(for_tenant, erasure, 'call', cardinality(hits));
    RETURN cardinality(hits);
END
$$;

COMMENT ON FUNCTION hub.erase_calls IS 'Takes the numbers out of a day''s calls with a number on either side of any of their legs, and notes those whose record in Dynamics has to be looked after. Answers how many.';

CREATE FUNCTION hub.erase_callbacks(
    for_tenant integer, erasure uuid, day date, international text, significant text, domestic text[], forms text[], keys text[])
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- operators change no requests but by this
SET search_path = hub, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
    hits uuid[];
    lines text[];
    keeps boolean;
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    SELECT e.keep_dynamics INTO keeps FROM hub.erasure e WHERE e.tenant_id = for_tenant AND e.erasure_id = erasure;
    SELECT array_agg(h.callback_id), array_agg(coalesce(keys[array_position(forms, h.number)], 'callback/' || h.callback_id))
    INTO hits, lines FROM (
        SELECT c.callback_id, c.number FROM hub.callback c
        WHERE c.tenant_id = for_tenant AND c.callback_day = day AND (
            c.number ~ pattern OR c.number_raw ~ pattern OR c.called_number ~ pattern OR c.note ~ pattern)
        ORDER BY c.callback_id FOR NO KEY UPDATE
    ) h;
    IF hits IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO hub.erasure_item (tenant_id, erasure_id, entity, subject_id, job_key, keep_dynamics)
    SELECT for_tenant, erasure, 'callback', c.callback_id, h.line, keeps
    FROM unnest(hits, lines) AS h (callback_id, line) JOIN hub.callback c USING (callback_id)
    WHERE c.tenant_id = for_tenant AND NOT (c.state IN ('skipped', 'ignored') AND c.written_at IS NULL)
    ON CONFLICT DO NOTHING;
    UPDATE hub.callback c SET
        erased_at = now(), changed_at = now(), content_hash = 0,
        number = NULL, number_raw = NULL, called_number = NULL, note = NULL, recording_ids = '{}',
        reason = CASE WHEN c.state IN ('skipped', 'ignored') THEN 'erased' ELSE c.reason END,
        regarding_table = NULL, regarding_id = NULL, error_text = NULL
    WHERE c.tenant_id = for_tenant AND c.callback_id = ANY (hits);
    PERFORM hub.count_erased(for_tenant, erasure, 'timeline', hub.erase_stories(for_tenant, 'callback', hits));
    PERFORM hub.count_erased(for_tenant, erasure, 'callback', cardinality(hits));
    RETURN cardinality(hits);
END
$$;

COMMENT ON FUNCTION hub.erase_callbacks IS 'Takes the number out of a day''s callback requests and notes those whose record in Dynamics has to be looked after. forms and keys go side by side: the job keys of requests whose number is so written. Answers how many.';

CREATE FUNCTION hub.erase_directory(for_tenant integer, erasure uuid, international text, significant text, domestic text[])
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

COMMENT ON FUNCTION hub.erase_directory IS 'Takes a number out of the directory, and what was decided about it. Answers how many rows.';

CREATE FUNCTION hub.erase_routing(for_tenant integer, erasure uuid, international text, significant text, domestic text[])
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- operators change no decisions but by this
SET search_path = hub, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
    gone integer;
    all_of_them integer := 0;
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    DELETE FROM hub.route_number n WHERE n.tenant_id = for_tenant AND n.number ~ pattern;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'route_number', gone);
    all_of_them := all_of_them + gone;
    UPDATE hub.route_number n SET
        owner_number = CASE WHEN n.owner_number ~ pattern THEN NULL ELSE n.owner_number END,
        queue_number = CASE WHEN n.queue_number ~ pattern THEN NULL ELSE n.queue_number END,
        agent_number = CASE WHEN n.agent_number ~ pattern THEN NULL ELSE n.agent_number END
    WHERE n.tenant_id = for_tenant AND (n.owner_number ~ pattern OR n.queue_number ~ pattern OR n.agent_number ~ pattern);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'route_number', gone);
    all_of_them := all_of_them + gone;
    DELETE FROM hub.route_number_change c WHERE c.tenant_id = for_tenant AND c.number ~ pattern;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'route_number_change', gone);
    all_of_them := all_of_them + gone;
    -- Of the caller's own calls nothing is kept but that somebody was sent somewhere by a rule.
    UPDATE hub.route_decision d SET
        anum = '…', masked = true, target_id = NULL, trace = '[]',
        question = jsonb_build_object('at', d.question -> 'at', 'caller', '{}'::jsonb, 'who', coalesce(d.question ->> 'who', 'number'))
    WHERE d.tenant_id = for_tenant AND d.anum ~ pattern;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, 'route_decision', gone);
    -- Last, because it locks what applying rules and revoking keys wait for.
    IF all_of_them > 0 THEN
        PERFORM hub.route_changed(for_tenant, '{*}');
    END IF;
    RETURN all_of_them + gone;
END
$$;

COMMENT ON FUNCTION hub.erase_routing IS 'Takes a number out of what routing knows and of the decisions that were made for it. Answers how many rows.';

CREATE FUNCTION hub.erase_texts(
    for_tenant integer, erasure uuid, searched regclass, international text, significant text, domestic text[], tokens text[])
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER  -- operators change texts of other tables in no other way
SET search_path = hub, pg_catalog, pg_temp
AS $$
DECLARE
    pattern text := hub.number_pattern(international, significant, domestic);
    condition text := hub.number_condition(for_tenant, searched, international, significant, domestic, tokens);
    place_name text;
    instead text;
    changes text;
    gone bigint;
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    SELECT place INTO place_name FROM hub.number_columns() WHERE relation = searched LIMIT 1;
    -- Where the number is the row's name the row goes, by the functions above.
    IF condition IS NULL OR place_name IN (
        'directory_number', 'directory_decision', 'directory_ambiguity', 'call_unmatched', 'route_number', 'route_number_change') THEN
        RETURN 0;
    END IF;
    instead := CASE
        -- A document must remain one that compiles: 999 is no country's code.
        WHEN place_name = 'route_rule_set' THEN '+99900000000'
        -- An element of a list.
        WHEN place_name IN ('setting', 'dynamics_setting') THEN ''
        ELSE '…' END;
    SELECT string_agg(
        CASE kind
            WHEN 'jsonb' THEN format('%1$I = hub.mask_json(r.%1$I, %2$L, %3$L)', attribute, pattern, instead)
            WHEN 'json' THEN format('%1$I = hub.mask_json(r.%1$I::jsonb, %2$L, %3$L)::json', attribute, pattern, instead)
            WHEN 'text[]' THEN format(
                '%1$I = CASE WHEN r.%1$I IS NOT NULL THEN ARRAY(SELECT regexp_replace(e, %2$L, %3$L, ''g'') '
                'FROM unnest(r.%1$I) WITH ORDINALITY AS u (e, n) ORDER BY n) END', attribute, pattern, instead)
            ELSE format(
                '%1$I = CASE WHEN r.%1$I = ANY (%4$L::text[]) THEN %3$L ELSE regexp_replace(r.%1$I, %2$L, %3$L, ''g'') END',
                attribute, pattern, instead, tokens)
        END, ', ')
    INTO changes FROM hub.number_columns() WHERE relation = searched;
    EXECUTE format('UPDATE %s r SET %s WHERE %s', searched, changes, condition);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM hub.count_erased(for_tenant, erasure, place_name, gone);
    RETURN gone;
END
$$;

COMMENT ON FUNCTION hub.erase_texts IS 'Masks a number, and words made from it, wherever they stand in a table''s texts and JSON documents. Answers how many rows.';

CREATE FUNCTION hub.finish_erasure(for_tenant integer, erasure uuid, at timestamptz, outcomes jsonb, signed_receipt jsonb, signed bytea, who text)
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody writes receipts by hand
SET search_path = hub, pg_temp
AS $$
BEGIN
    PERFORM hub.expect_running_erasure(for_tenant, erasure);
    IF EXISTS (SELECT FROM hub.erasure_item i WHERE i.tenant_id = for_tenant AND i.erasure_id = erasure AND i.outcome IS NULL) THEN
        RAISE EXCEPTION 'phone calls of the erasure still wait';
    END IF;
    UPDATE hub.erasure e SET state = 'done', finished_at = at, dynamics = outcomes, receipt = signed_receipt, signature = signed
    WHERE e.tenant_id = for_tenant AND e.erasure_id = erasure;
    -- Which calls had one number is not to be told any more.
    DELETE FROM hub.erasure_item i WHERE i.tenant_id = for_tenant AND i.erasure_id = erasure;
    INSERT INTO hub.operator_action (tenant_id, who, action, target) VALUES (for_tenant, who, 'erase.done', erasure::text);
END
$$;

COMMENT ON FUNCTION hub.finish_erasure IS 'Ends an erasure with its signed receipt.';

CREATE FUNCTION hub.lift_erasure(for_tenant integer, digests bytea[], who text, reason text)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody removes tombstones by hand
SET search_path = hub, pg_temp
AS $$
DECLARE
    gone integer;
BEGIN
    IF EXISTS (SELECT FROM hub.erasure e WHERE e.tenant_id = for_tenant AND e.number_digest = digests[1] AND e.state = 'running') THEN
        RAISE EXCEPTION 'the number is being erased';
    END IF;
    DELETE FROM hub.erased_number n WHERE n.tenant_id = for_tenant AND n.digest = ANY (digests);
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        UPDATE hub.tenant SET erasure_version = erasure_version + 1 WHERE tenant_id = for_tenant;
        INSERT INTO hub.operator_action (tenant_id, who, action, target, detail)
        VALUES (for_tenant, who, 'erase.lift', encode(digests[1], 'hex'), jsonb_build_object('why', reason));
    END IF;
    RETURN gone;
END
$$;

COMMENT ON FUNCTION hub.lift_erasure IS 'Takes the tombstones of a number away, so that its future calls are taken in again; what was erased stays erased. Answers how many tombstones.';

GRANT EXECUTE ON FUNCTION
    hub.number_columns, hub.number_rows, hub.number_count, hub.number_hindrances, hub.begin_erasure, hub.erasure_is_clear,
    hub.erase_calls, hub.erase_callbacks, hub.erase_directory, hub.erase_routing, hub.erase_texts, hub.finish_erasure, hub.lift_erasure
    TO trunkline_operator;

-- Retention of what had none -------------------------------------------------------------------------------------------

CREATE FUNCTION hub.forget_actions(for_tenant integer, keep interval)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else may delete what people did
SET search_path = hub, pg_temp
AS $$
DECLARE
    gone bigint;
BEGIN
    IF keep < interval '1 month' THEN
        RAISE EXCEPTION 'refusing to keep less than one month of what people did';
    END IF;
    DELETE FROM hub.operator_action a WHERE a.tenant_id IS NOT DISTINCT FROM for_tenant AND a.at < now() - keep;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

COMMENT ON FUNCTION hub.forget_actions IS 'Deletes what people did longer ago, at least one month; of a tenant, or with null what concerned the whole hub. Answers how many rows.';

CREATE FUNCTION hub.forget_dead_jobs(for_tenant integer, keep interval, most integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- programs may not empty the dead letter
SET search_path = hub, pg_temp
AS $$
DECLARE
    forgotten integer;
BEGIN
    IF keep < interval '1 day' THEN
        RAISE EXCEPTION 'refusing to forget dead jobs of the last day';
    END IF;
    -- Only out of the dead letter: one that somebody retries at this moment runs.
    WITH gone AS (
        DELETE FROM hub.job_dead WHERE id IN (
            SELECT d.id FROM hub.job_dead d WHERE d.tenant_id = for_tenant AND d.died_at < now() - keep
            ORDER BY d.died_at LIMIT most FOR UPDATE SKIP LOCKED)
        RETURNING *
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, outcome, key, note, error, payload)
        SELECT id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, 'cancelled', key, 'forgotten by DeadJobRetention', error, payload
        FROM gone
    )
    SELECT count(*) INTO forgotten FROM gone;
    RETURN forgotten;
END
$$;

COMMENT ON FUNCTION hub.forget_dead_jobs IS 'Moves jobs that have lain in the dead letter for longer to history, which forgets them in its turn; answers how many.';

GRANT EXECUTE ON FUNCTION hub.forget_actions, hub.forget_dead_jobs TO trunkline_call_sync, trunkline_callback_sync;

-- Reports --------------------------------------------------------------------------------------------------------------

CREATE VIEW report.erasures AS
SELECT
    t.name AS tenant, e.erasure_id, e.state, e.requested_at, e.requested_by, e.why, e.keep_dynamics, e.counts, e.dynamics, e.finished_at
FROM hub.erasure e
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.erasures IS 'Numbers that were erased on request: when, by whom, what was done; not which.';
COMMENT ON COLUMN report.erasures.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.erasures.erasure_id IS 'Id of the erasure; its receipt names it.';
COMMENT ON COLUMN report.erasures.state IS 'running or done.';
COMMENT ON COLUMN report.erasures.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN report.erasures.requested_by IS 'Who asked for it.';
COMMENT ON COLUMN report.erasures.why IS 'Why, in their words.';
COMMENT ON COLUMN report.erasures.keep_dynamics IS 'True: phone calls in Dynamics were left as they are.';
COMMENT ON COLUMN report.erasures.counts IS 'Rows that were masked or removed, by table.';
COMMENT ON COLUMN report.erasures.dynamics IS 'Phone calls in Dynamics by what became of them.';
COMMENT ON COLUMN report.erasures.finished_at IS 'When it was done.';

-- Monitoring has no business with people's reasons.
INSERT INTO hub.report_view (name, since) VALUES ('erasures', 2);
REVOKE SELECT ON report.erasures FROM trunkline_monitor;
