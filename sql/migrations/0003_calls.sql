-- Calls: what was seen of each, what became of it, and its story.

CREATE TABLE hub.call (
    tenant_id integer NOT NULL,
    call_id uuid NOT NULL,
    call_day date NOT NULL,
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'written', 'adopted', 'skipped', 'dead', 'withdrawn')),
    reason text CHECK (reason ~ '^[a-z][a-z0-9_]*$'),
    -- What happened, folded from the legs.
    privacy text NOT NULL CHECK (privacy IN ('work', 'private', 'undefined')),
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    answered boolean NOT NULL,
    internal boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    talk_seconds integer NOT NULL CHECK (talk_seconds >= 0),
    own_number text,
    own_raw text,
    other_number text,
    other_raw text,
    enreach_user_id uuid,
    user_name text,
    queue_id uuid,
    queue_name text,
    recording_ids uuid[] NOT NULL DEFAULT '{}',
    transcript_ids uuid[] NOT NULL DEFAULT '{}',
    oddities text[] NOT NULL DEFAULT '{}',
    legs jsonb NOT NULL,
    content_hash bigint NOT NULL,
    content_version integer NOT NULL DEFAULT 1,
    modified_at timestamptz,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    backfill_id bigint,
    -- The record in Dynamics.
    activity_id uuid NOT NULL,
    written_version integer,
    written jsonb,
    etag text,
    owner_id uuid,
    owner_rule text,
    regarding_table text CHECK (regarding_table IN ('contact', 'account', 'lead')),
    regarding_id uuid,
    match_rule text CHECK (match_rule ~ '^[a-z][a-z0-9_]*$'),
    written_at timestamptz,
    updated_at timestamptz,
    setting_version integer,
    error_code text,
    error_text text,
    PRIMARY KEY (tenant_id, call_id),
    CHECK (state NOT IN ('skipped', 'dead', 'withdrawn') OR reason IS NOT NULL),
    CHECK (state NOT IN ('written', 'adopted') OR written_at IS NOT NULL),
    CHECK (privacy <> 'private' OR (
        own_number IS NULL AND own_raw IS NULL AND other_number IS NULL AND other_raw IS NULL)),
    CHECK ((regarding_table IS NULL) = (regarding_id IS NULL))
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

-- No index holds a column that changes when a call is written: that update stays on its page.
CREATE INDEX call_by_day ON hub.call (tenant_id, call_day);
CREATE INDEX call_by_activity ON hub.call (tenant_id, activity_id);
CREATE INDEX call_by_other_number ON hub.call (tenant_id, other_number) WHERE other_number IS NOT NULL;
CREATE INDEX call_by_backfill ON hub.call (tenant_id, backfill_id) WHERE backfill_id IS NOT NULL;

COMMENT ON TABLE hub.call IS 'One row per call of a tenant, in exactly one state. Not partitioned, so that (tenant_id, call_id) is unique whatever the times say; hub.forget_calls removes old rows. No foreign key to hub.tenant: its check would cost as much as the row.';
COMMENT ON COLUMN hub.call.tenant_id IS 'Whose call.';
COMMENT ON COLUMN hub.call.call_id IS 'Enreach''s CallId. A call that came without one has an id made from its content.';
COMMENT ON COLUMN hub.call.call_day IS 'UTC day of the call''s start as first seen. Never changes: the daily balance counts by it.';
COMMENT ON COLUMN hub.call.state IS 'pending: to be decided or written; written: the hub made the phone call; adopted: the agent''s client had made it; skipped: by rule; dead: given up, see error_code; withdrawn: written, then taken back.';
COMMENT ON COLUMN hub.call.reason IS 'Reason code of the state (docs/calls.md lists them).';
COMMENT ON COLUMN hub.call.privacy IS 'Class of the call in Enreach. Only work leaves the hub.';
COMMENT ON COLUMN hub.call.direction IS 'Seen from the tenant.';
COMMENT ON COLUMN hub.call.answered IS 'Whether anybody talked.';
COMMENT ON COLUMN hub.call.internal IS 'Both numbers belong to the tenant.';
COMMENT ON COLUMN hub.call.started_at IS 'Start of the earliest leg; without any, the vendor''s time of change, else when it was first seen.';
COMMENT ON COLUMN hub.call.ended_at IS 'End of the latest leg. Null: not known.';
COMMENT ON COLUMN hub.call.talk_seconds IS 'Seconds of talk over all legs, ringing not counted, simultaneous legs counted once.';
COMMENT ON COLUMN hub.call.own_number IS 'The tenant''s side in E.164. Null: not readable as such. Numbers of private calls are not stored.';
COMMENT ON COLUMN hub.call.own_raw IS 'The tenant''s side as received.';
COMMENT ON COLUMN hub.call.other_number IS 'The other party in E.164. Null: not readable as such, or private.';
COMMENT ON COLUMN hub.call.other_raw IS 'The other party as received.';
COMMENT ON COLUMN hub.call.enreach_user_id IS 'The user the call belongs to: who talked longest, else the only one it rang at.';
COMMENT ON COLUMN hub.call.user_name IS 'That user''s log-on name.';
COMMENT ON COLUMN hub.call.queue_id IS 'Queue the call came through.';
COMMENT ON COLUMN hub.call.queue_name IS 'Its name. Null for a user''s own work-number queue.';
COMMENT ON COLUMN hub.call.recording_ids IS 'Recordings of the call.';
COMMENT ON COLUMN hub.call.transcript_ids IS 'Transcripts of the call.';
COMMENT ON COLUMN hub.call.oddities IS 'What was odd about the data and handled by rule (docs/calls.md lists them).';
COMMENT ON COLUMN hub.call.legs IS 'Everything the facts above were folded from: one element per event of a user or a queue.';
COMMENT ON COLUMN hub.call.content_hash IS 'Hash over the legs; the same hash means that nothing new was seen.';
COMMENT ON COLUMN hub.call.content_version IS 'Grows when the legs change.';
COMMENT ON COLUMN hub.call.modified_at IS 'Latest time of change that Enreach gave.';
COMMENT ON COLUMN hub.call.first_seen_at IS 'When the hub first saw the call.';
COMMENT ON COLUMN hub.call.changed_at IS 'When the row last changed.';
COMMENT ON COLUMN hub.call.backfill_id IS 'Backfill that brought the call. Null: it came by polling or by webhook.';
COMMENT ON COLUMN hub.call.activity_id IS 'Id of the phone call in Dynamics: made from tenant and call (UUIDv5), or that of the adopted one.';
COMMENT ON COLUMN hub.call.written_version IS 'content_version that the record in Dynamics (or the decision not to have one) rests on. Lower than content_version: an update is due.';
COMMENT ON COLUMN hub.call.written IS 'Fields as the hub last wrote them. What differs from them in Dynamics was changed by a human and is left alone.';
COMMENT ON COLUMN hub.call.etag IS 'Version of the record after the last write, if known.';
COMMENT ON COLUMN hub.call.owner_id IS 'Owner given to the record. Null: the application user.';
COMMENT ON COLUMN hub.call.owner_rule IS 'Rule that found the owner: enreach_id, mobile_number, default_enreach_id, default_system_user, none.';
COMMENT ON COLUMN hub.call.regarding_table IS 'Table of the record the call is regarding.';
COMMENT ON COLUMN hub.call.regarding_id IS 'Record the call is regarding.';
COMMENT ON COLUMN hub.call.match_rule IS 'How the other party was looked for: the rule that found whom the call is regarding, or the reason why nobody was (docs/directory.md lists them).';
COMMENT ON COLUMN hub.call.written_at IS 'When the record was known to be there.';
COMMENT ON COLUMN hub.call.updated_at IS 'When the hub last changed the record.';
COMMENT ON COLUMN hub.call.setting_version IS 'Version of the tenant''s settings the last decision was made under.';
COMMENT ON COLUMN hub.call.error_code IS 'Code of the last error. Null: the last try went well.';
COMMENT ON COLUMN hub.call.error_text IS 'Text of the last error, as the vendor gave it.';

GRANT SELECT ON hub.call TO trunkline_call_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE ON hub.call TO trunkline_call_sync;

CREATE SEQUENCE hub.timeline_seq CACHE 100;

CREATE TABLE hub.timeline (
    tenant_id integer NOT NULL,
    entity text NOT NULL,
    subject_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seq bigint NOT NULL DEFAULT nextval('hub.timeline_seq'),
    event text NOT NULL CHECK (event ~ '^[a-z][a-z0-9_]*$'),
    reason text,
    instance_id uuid,
    setting_version integer,
    detail jsonb,
    PRIMARY KEY (tenant_id, subject_id, at, seq)
) PARTITION BY RANGE (at);

COMMENT ON SEQUENCE hub.timeline_seq IS 'Tells rows of the same microsecond apart.';
COMMENT ON TABLE hub.timeline IS 'The story of each call: what was seen, decided, written, by which instance. Rows are only added, and private calls'' particulars taken out; one partition a month, dropped by retention.';
COMMENT ON COLUMN hub.timeline.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.timeline.entity IS 'What the row is about: call, callback, …';
COMMENT ON COLUMN hub.timeline.subject_id IS 'Id of that call or callback.';
COMMENT ON COLUMN hub.timeline.at IS 'When.';
COMMENT ON COLUMN hub.timeline.seq IS 'Tells rows of the same microsecond apart.';
COMMENT ON COLUMN hub.timeline.event IS 'What happened (docs/calls.md lists the kinds).';
COMMENT ON COLUMN hub.timeline.reason IS 'Reason code, where the event has one.';
COMMENT ON COLUMN hub.timeline.instance_id IS 'Which run of which program (hub.instance).';
COMMENT ON COLUMN hub.timeline.setting_version IS 'Version of the tenant''s settings in force.';
COMMENT ON COLUMN hub.timeline.detail IS 'Particulars. Never numbers of a private call.';

GRANT USAGE ON SEQUENCE hub.timeline_seq TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_operator, trunkline_console;
GRANT INSERT ON hub.timeline TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_operator, trunkline_console;
GRANT SELECT ON hub.timeline TO trunkline_call_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;

CREATE FUNCTION hub.make_timeline_partitions(months_ahead integer DEFAULT 3)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- a partition belongs to the owner of its table
SET search_path = hub, pg_temp
SET timezone = 'UTC'
SET lock_timeout = '1s'
AS $$
DECLARE
    month timestamptz := date_trunc('month', now());
    made integer := 0;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('hub.timeline.partitions'));
    FOR i IN 0 .. greatest(months_ahead, 0) LOOP
        name := 'timeline_' || to_char(month, 'YYYY_MM');
        IF to_regclass('hub.' || name) IS NULL THEN
            -- Attaching lets others read and write meanwhile; CREATE TABLE … PARTITION OF would wait for the longest reader.
            EXECUTE format('CREATE TABLE hub.%I (LIKE hub.timeline INCLUDING ALL)', name);
            EXECUTE format('COMMENT ON TABLE hub.%I IS %L', name, 'hub.timeline of ' || to_char(month, 'YYYY-MM'));
            EXECUTE format('ALTER TABLE hub.timeline ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)',
                           name, month, month + interval '1 month');
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION hub.make_timeline_partitions IS 'Makes the partitions of hub.timeline of this month and some months ahead; answers how many were missing.';
GRANT EXECUTE ON FUNCTION hub.make_timeline_partitions TO trunkline_call_sync, trunkline_callback_sync, trunkline_operator;

SELECT hub.make_timeline_partitions();

CREATE FUNCTION hub.drop_timeline_partitions(keep interval)
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
    IF keep < interval '1 month' THEN
        RAISE EXCEPTION 'refusing to keep less than one month of the timeline';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.timeline.partitions')) THEN
        RETURN 0;  -- somebody is at it
    END IF;
    FOR doomed IN
        SELECT child.relname AS name
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'hub.timeline'::regclass
          AND child.relname ~ '^timeline_\d{4}_\d{2}$'
          AND to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month' <= now() - keep
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE hub.%I', doomed.name);
            dropped := dropped + 1;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long, and all others would queue behind us: the next call does it
        END;
    END LOOP;
    RETURN dropped;
END
$$;

COMMENT ON FUNCTION hub.drop_timeline_partitions IS 'Drops the partitions of hub.timeline of which every row is older than the given age, at least one month; answers how many. Those that a long reader stands in the way of are left to the next call.';
GRANT EXECUTE ON FUNCTION hub.drop_timeline_partitions TO trunkline_call_sync, trunkline_operator;

CREATE FUNCTION hub.redact_calls(for_tenant integer, calls uuid[])
RETURNS integer
LANGUAGE sql
SECURITY DEFINER  -- nobody else may change the timeline
SET search_path = hub, pg_temp
BEGIN ATOMIC
    WITH redacted AS (
        UPDATE hub.timeline t SET detail = t.detail - ARRAY['regarding', 'error']
        FROM hub.call c
        WHERE t.tenant_id = for_tenant AND t.entity = 'call' AND t.subject_id = ANY (calls)
          AND t.detail ?| ARRAY['regarding', 'error']
          AND c.tenant_id = t.tenant_id AND c.call_id = t.subject_id AND c.privacy = 'private'
        RETURNING 1
    )
    SELECT count(*)::integer FROM redacted;
END;

COMMENT ON FUNCTION hub.redact_calls IS 'Takes out of the stories of private calls among those given whom they regarded and what the vendors said of them; answers how many rows.';
GRANT EXECUTE ON FUNCTION hub.redact_calls TO trunkline_call_sync;

CREATE TABLE hub.call_intake (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    call_day date NOT NULL,
    seen bigint NOT NULL,
    PRIMARY KEY (tenant_id, call_day)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.call_intake IS 'Calls counted as they come in, in the transaction that brings them: the other side of the daily balance.';
COMMENT ON COLUMN hub.call_intake.tenant_id IS 'Whose calls.';
COMMENT ON COLUMN hub.call_intake.call_day IS 'UTC day of the calls'' start as first seen.';
COMMENT ON COLUMN hub.call_intake.seen IS 'How many calls of that day came in.';

GRANT SELECT, INSERT, UPDATE ON hub.call_intake TO trunkline_call_sync;
GRANT SELECT ON hub.call_intake TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE FUNCTION hub.forget_calls(for_tenant integer, before date, most integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else may delete calls
SET search_path = hub, pg_temp
AS $$
DECLARE
    gone integer;
BEGIN
    -- The shortest month.
    IF before > (now() AT TIME ZONE 'UTC')::date - 28 THEN
        RAISE EXCEPTION 'refusing to forget calls of the last four weeks';
    END IF;
    WITH doomed AS (
        SELECT call_id FROM hub.call
        WHERE tenant_id = for_tenant AND call_day < before AND state <> 'pending'
        ORDER BY call_day
        LIMIT most
        FOR UPDATE SKIP LOCKED
    ), deleted AS (
        DELETE FROM hub.call c USING doomed d
        WHERE c.tenant_id = for_tenant AND c.call_id = d.call_id
        RETURNING c.call_day
    ), counted AS (
        SELECT call_day, count(*) AS n FROM deleted GROUP BY call_day
    ), subtracted AS (
        UPDATE hub.call_intake i SET seen = i.seen - counted.n
        FROM counted
        WHERE i.tenant_id = for_tenant AND i.call_day = counted.call_day
    )
    SELECT coalesce(sum(n), 0) INTO gone FROM counted;
    DELETE FROM hub.call_intake WHERE tenant_id = for_tenant AND call_day < before AND seen = 0;
    RETURN gone;
END
$$;

COMMENT ON FUNCTION hub.forget_calls IS 'Retention: deletes some calls of days before the given one, at least four weeks ago, pending ones excepted; answers how many, so call it until it answers 0.';
GRANT EXECUTE ON FUNCTION hub.forget_calls TO trunkline_call_sync;

CREATE TABLE hub.call_hour (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    hour timestamptz NOT NULL,
    instance_id uuid NOT NULL,
    written bigint NOT NULL DEFAULT 0,
    adopted bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    withdrawn bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    dead bigint NOT NULL DEFAULT 0,
    latency bigint[] NOT NULL DEFAULT array_fill(0::bigint, ARRAY[16]),
    PRIMARY KEY (tenant_id, hour, instance_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.call_hour IS 'What was done per hour, so that no report has to count calls. One row per instance: two never wait for each other.';
COMMENT ON COLUMN hub.call_hour.tenant_id IS 'Whose calls.';
COMMENT ON COLUMN hub.call_hour.hour IS 'Start of the hour in which it was done.';
COMMENT ON COLUMN hub.call_hour.instance_id IS 'Which instance did it.';
COMMENT ON COLUMN hub.call_hour.written IS 'Phone calls made.';
COMMENT ON COLUMN hub.call_hour.adopted IS 'Phone calls adopted.';
COMMENT ON COLUMN hub.call_hour.updated IS 'Phone calls updated with late data.';
COMMENT ON COLUMN hub.call_hour.withdrawn IS 'Phone calls taken back.';
COMMENT ON COLUMN hub.call_hour.skipped IS 'Calls skipped by rule after they had been waiting to be written.';
COMMENT ON COLUMN hub.call_hour.dead IS 'Calls given up.';
COMMENT ON COLUMN hub.call_hour.latency IS 'Live calls by time from their end to their record: up to 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 86400 seconds, and more.';

GRANT SELECT, INSERT, UPDATE, DELETE ON hub.call_hour TO trunkline_call_sync;
GRANT SELECT ON hub.call_hour TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE TABLE hub.watermark (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    source text NOT NULL,
    modified_until timestamptz NOT NULL,
    polled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, source)
);

COMMENT ON TABLE hub.watermark IS 'How far each source was read. Changes in the transaction that stores what was read.';
COMMENT ON COLUMN hub.watermark.tenant_id IS 'Whose source.';
COMMENT ON COLUMN hub.watermark.source IS 'calls: users'' and queues'' calls, which are read together.';
COMMENT ON COLUMN hub.watermark.modified_until IS 'By the vendor''s clock: everything it showed at that time was read. Changes are shown late, so the next window starts PollOverlap earlier.';
COMMENT ON COLUMN hub.watermark.polled_at IS 'When it was last read.';

GRANT SELECT, INSERT, UPDATE ON hub.watermark TO trunkline_call_sync;
GRANT SELECT ON hub.watermark TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE TABLE hub.backfill (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    backfill_id bigint GENERATED ALWAYS AS IDENTITY,
    from_at timestamptz NOT NULL,
    to_at timestamptz NOT NULL,
    read_until timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'cancelled', 'read')),
    seen bigint NOT NULL DEFAULT 0,
    fresh bigint NOT NULL DEFAULT 0,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    running_since timestamptz DEFAULT now(),
    running_before interval NOT NULL DEFAULT '0',
    error_text text,
    PRIMARY KEY (tenant_id, backfill_id),
    CHECK (from_at < to_at),
    CHECK (read_until BETWEEN from_at AND to_at)
);

COMMENT ON TABLE hub.backfill IS 'Calls of the past to be brought in, a slice of time after the other.';
COMMENT ON COLUMN hub.backfill.tenant_id IS 'Whose calls.';
COMMENT ON COLUMN hub.backfill.backfill_id IS 'Number of the backfill.';
COMMENT ON COLUMN hub.backfill.from_at IS 'Calls that started at this time or later …';
COMMENT ON COLUMN hub.backfill.to_at IS '… and before this one.';
COMMENT ON COLUMN hub.backfill.read_until IS 'Everything before was read from Enreach.';
COMMENT ON COLUMN hub.backfill.state IS 'running: reading; paused and cancelled by an operator; read: everything was read, the calls may still wait to be written.';
COMMENT ON COLUMN hub.backfill.seen IS 'Calls read.';
COMMENT ON COLUMN hub.backfill.fresh IS 'Those among them the hub had not known.';
COMMENT ON COLUMN hub.backfill.requested_by IS 'Who asked for it.';
COMMENT ON COLUMN hub.backfill.requested_at IS 'When.';
COMMENT ON COLUMN hub.backfill.changed_at IS 'Last progress or change of state.';
COMMENT ON COLUMN hub.backfill.running_since IS 'Start of the present stretch of work. Null: not working.';
COMMENT ON COLUMN hub.backfill.running_before IS 'Time worked in earlier stretches; the rate counts only time worked.';
COMMENT ON COLUMN hub.backfill.error_text IS 'Why the last slice could not be read. Null: it went well.';

GRANT SELECT, UPDATE ON hub.backfill TO trunkline_call_sync;
GRANT SELECT, INSERT, UPDATE ON hub.backfill TO trunkline_operator, trunkline_console;
GRANT SELECT ON hub.backfill TO trunkline_monitor;
