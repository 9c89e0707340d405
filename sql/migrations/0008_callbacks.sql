-- Callback requests: profiles, requests, webhooks.

CREATE TABLE hub.callback_profile (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    profile_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('hub', 'dynamics')),
    name text NOT NULL,
    callback_list_id uuid,
    callback_list_name text,
    queue_id uuid,
    ownership_rule text NOT NULL DEFAULT 'api_user',
    subject text,
    duplicate_rule text NOT NULL DEFAULT 'bundle',
    method text NOT NULL DEFAULT 'polling',
    age_unit text,
    age integer,
    enabled boolean NOT NULL DEFAULT true,
    problem text,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, profile_id)
);

COMMENT ON TABLE hub.callback_profile IS 'How the requests of a callback list come to stand in a queue of Dynamics. Texts are taken as they were given; callback-sync checks them, and hub.callback_check says what it found.';
COMMENT ON COLUMN hub.callback_profile.tenant_id IS 'Whose profile.';
COMMENT ON COLUMN hub.callback_profile.profile_id IS 'Id of the row in Dynamics, or one that the hub made.';
COMMENT ON COLUMN hub.callback_profile.source IS 'dynamics: user-sync read it there; hub: it was made with `trunkline callbacks profiles`.';
COMMENT ON COLUMN hub.callback_profile.name IS 'What people call it.';
COMMENT ON COLUMN hub.callback_profile.callback_list_id IS 'Callback List: the list in Enreach.';
COMMENT ON COLUMN hub.callback_profile.callback_list_name IS 'Its name when the profile was made; the id counts.';
COMMENT ON COLUMN hub.callback_profile.queue_id IS 'Queue in Dynamics.';
COMMENT ON COLUMN hub.callback_profile.ownership_rule IS 'Ownership Rule: api_user or queue_owner.';
COMMENT ON COLUMN hub.callback_profile.subject IS 'Phone Call Subject. Null: the global one (setting CallbackSubject).';
COMMENT ON COLUMN hub.callback_profile.duplicate_rule IS 'Duplicate Handling Rule: bundle or ignore.';
COMMENT ON COLUMN hub.callback_profile.method IS 'Synchronization method: polling, webhook or webhook_with_polling.';
COMMENT ON COLUMN hub.callback_profile.age_unit IS 'Age Time Unit: days, hours or minutes. Only with a polling method.';
COMMENT ON COLUMN hub.callback_profile.age IS 'Callback Age: so many units each poll asks back. Only with a polling method.';
COMMENT ON COLUMN hub.callback_profile.enabled IS 'False: requests of the list are left alone.';
COMMENT ON COLUMN hub.callback_profile.problem IS 'What its reader could not make sense of. Null: nothing.';
COMMENT ON COLUMN hub.callback_profile.version IS 'Grows with each change.';
COMMENT ON COLUMN hub.callback_profile.made_at IS 'When it was made here. Of two profiles that claim one list the older holds it.';
COMMENT ON COLUMN hub.callback_profile.changed_at IS 'When it last changed.';
COMMENT ON COLUMN hub.callback_profile.changed_by IS 'Who changed it: a person, or the program that read it.';
COMMENT ON COLUMN hub.callback_profile.deleted_at IS 'When it was taken away. Null: it is in force.';

CREATE TABLE hub.callback_profile_history (
    tenant_id integer NOT NULL,
    profile_id uuid NOT NULL,
    version integer NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    profile jsonb NOT NULL,
    PRIMARY KEY (tenant_id, profile_id, version)
);

COMMENT ON TABLE hub.callback_profile_history IS 'Every version of every callback profile. A trigger writes it; rows are never changed.';
COMMENT ON COLUMN hub.callback_profile_history.tenant_id IS 'Whose profile.';
COMMENT ON COLUMN hub.callback_profile_history.profile_id IS 'Which profile.';
COMMENT ON COLUMN hub.callback_profile_history.version IS 'Number of the version; requests note the one they were decided under.';
COMMENT ON COLUMN hub.callback_profile_history.changed_at IS 'When it came into force.';
COMMENT ON COLUMN hub.callback_profile_history.changed_by IS 'Who made it.';
COMMENT ON COLUMN hub.callback_profile_history.profile IS 'The whole row of hub.callback_profile.';

CREATE FUNCTION hub.callback_profile_next()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION hub.callback_profile_next IS 'Numbers the versions of a callback profile.';

CREATE FUNCTION hub.callback_profile_note()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else writes the history
SET search_path = hub, pg_temp
AS $$
BEGIN
    INSERT INTO hub.callback_profile_history (tenant_id, profile_id, version, changed_at, changed_by, profile)
    VALUES (NEW.tenant_id, NEW.profile_id, NEW.version, NEW.changed_at, NEW.changed_by,
            to_jsonb(NEW) - ARRAY['tenant_id', 'profile_id', 'version', 'changed_at', 'changed_by']);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION hub.callback_profile_note IS 'Keeps each version of a callback profile.';

CREATE TRIGGER callback_profile_next BEFORE UPDATE ON hub.callback_profile
    FOR EACH ROW WHEN (
        (NEW.name, NEW.callback_list_id, NEW.callback_list_name, NEW.queue_id, NEW.ownership_rule, NEW.subject, NEW.duplicate_rule,
         NEW.method, NEW.age_unit, NEW.age, NEW.enabled, NEW.problem, NEW.deleted_at)
        IS DISTINCT FROM
        (OLD.name, OLD.callback_list_id, OLD.callback_list_name, OLD.queue_id, OLD.ownership_rule, OLD.subject, OLD.duplicate_rule,
         OLD.method, OLD.age_unit, OLD.age, OLD.enabled, OLD.problem, OLD.deleted_at))
    EXECUTE FUNCTION hub.callback_profile_next();
CREATE TRIGGER callback_profile_new AFTER INSERT ON hub.callback_profile
    FOR EACH ROW EXECUTE FUNCTION hub.callback_profile_note();
CREATE TRIGGER callback_profile_changed AFTER UPDATE ON hub.callback_profile
    FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION hub.callback_profile_note();

GRANT SELECT ON hub.callback_profile, hub.callback_profile_history TO
    trunkline_callback_sync, trunkline_user_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE ON hub.callback_profile TO trunkline_user_sync, trunkline_console, trunkline_operator;

CREATE TABLE hub.callback_check (
    tenant_id integer NOT NULL,
    profile_id uuid NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    problem text CHECK (problem ~ '^[a-z][a-z0-9_]*$'),
    problem_text text,
    queue_name text,
    queue_owner_id uuid,
    queue_owner_table text CHECK (queue_owner_table IN ('systemuser', 'team')),
    queue_owner_disabled boolean NOT NULL DEFAULT false,
    polled_at timestamptz,
    FOREIGN KEY (tenant_id, profile_id) REFERENCES hub.callback_profile ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, profile_id)
);

COMMENT ON TABLE hub.callback_check IS 'What callback-sync found out about each profile: whether it can work, and who owns its queue.';
COMMENT ON COLUMN hub.callback_check.tenant_id IS 'Whose profile.';
COMMENT ON COLUMN hub.callback_check.profile_id IS 'Which profile.';
COMMENT ON COLUMN hub.callback_check.checked_at IS 'When both vendors were last asked about it.';
COMMENT ON COLUMN hub.callback_check.problem IS 'Why it takes nothing in, as a code (docs/callbacks.md lists them). Null: it works.';
COMMENT ON COLUMN hub.callback_check.problem_text IS 'The same for people, with the remedy.';
COMMENT ON COLUMN hub.callback_check.queue_name IS 'Name of the queue in Dynamics.';
COMMENT ON COLUMN hub.callback_check.queue_owner_id IS 'Who owns the queue. Null: nobody.';
COMMENT ON COLUMN hub.callback_check.queue_owner_table IS 'Whether that is a user or a team.';
COMMENT ON COLUMN hub.callback_check.queue_owner_disabled IS 'The owner is a user who is disabled, and gets nothing new.';
COMMENT ON COLUMN hub.callback_check.polled_at IS 'When its list was last read from Enreach.';

GRANT SELECT, INSERT, UPDATE, DELETE ON hub.callback_check TO trunkline_callback_sync;
GRANT SELECT ON hub.callback_check TO trunkline_user_sync, trunkline_console, trunkline_operator, trunkline_monitor;

CREATE TABLE hub.callback (
    tenant_id integer NOT NULL,
    callback_id uuid NOT NULL,
    callback_day date NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'written', 'ignored', 'skipped', 'dead')),
    reason text CHECK (reason ~ '^[a-z][a-z0-9_]*$'),
    -- What Enreach says.
    list_id uuid NOT NULL,
    list_name text,
    number text,
    number_raw text,
    called_number text,
    call_id uuid,
    queue_name text,
    requested_at timestamptz NOT NULL,
    due_at timestamptz,
    expires_at timestamptz,
    note text,
    recording_ids uuid[] NOT NULL DEFAULT '{}',
    enreach_state text NOT NULL CHECK (enreach_state IN ('open', 'allocated', 'closed')),
    enreach_result text,
    modified_at timestamptz,
    content_hash bigint NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    polled_at timestamptz,
    told_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    -- The record in Dynamics.
    activity_id uuid NOT NULL,
    record_state text CHECK (record_state IN ('open', 'completed', 'cancelled', 'deleted')),
    bundle_id uuid,
    ignored_for uuid,
    profile_id uuid,
    profile_version integer,
    dynamics_queue_id uuid,
    owner_id uuid,
    owner_rule text,
    regarding_table text CHECK (regarding_table IN ('contact', 'account', 'lead')),
    regarding_id uuid,
    written_at timestamptz,
    setting_version integer,
    -- Its end in Enreach.
    close_state text CHECK (close_state IN ('due', 'done', 'elsewhere', 'refused', 'gone')),
    closed_at timestamptz,
    error_code text,
    error_text text,
    PRIMARY KEY (tenant_id, callback_id),
    CHECK (state NOT IN ('ignored', 'skipped', 'dead') OR reason IS NOT NULL),
    CHECK (state <> 'written' OR (written_at IS NOT NULL AND record_state IS NOT NULL)),
    CHECK (state <> 'ignored' OR ignored_for IS NOT NULL),
    CHECK ((regarding_table IS NULL) = (regarding_id IS NULL))
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX callback_by_day ON hub.callback (tenant_id, callback_day);
CREATE INDEX callback_by_number ON hub.callback (tenant_id, number) WHERE number IS NOT NULL;
CREATE INDEX callback_by_activity ON hub.callback (tenant_id, activity_id);
CREATE INDEX callback_by_call ON hub.callback (tenant_id, call_id) WHERE call_id IS NOT NULL;

COMMENT ON TABLE hub.callback IS 'One row per callback request of a tenant, in exactly one state.';
COMMENT ON COLUMN hub.callback.tenant_id IS 'Whose request.';
COMMENT ON COLUMN hub.callback.callback_id IS 'Enreach''s id of the request.';
COMMENT ON COLUMN hub.callback.callback_day IS 'UTC day of the request as first seen. Never changes: the balance counts by it.';
COMMENT ON COLUMN hub.callback.state IS 'pending: to be decided or written; written: its phone call was made; ignored: by rule, because another of the number has one; skipped: there was nothing to do; dead: given up, see error_code.';
COMMENT ON COLUMN hub.callback.reason IS 'Reason code of the state (docs/callbacks.md lists them).';
COMMENT ON COLUMN hub.callback.list_id IS 'Callback list in Enreach.';
COMMENT ON COLUMN hub.callback.list_name IS 'Its name.';
COMMENT ON COLUMN hub.callback.number IS 'Whom to call, in E.164, or the digits as given where they carry no country. Null: there is nobody to call.';
COMMENT ON COLUMN hub.callback.number_raw IS 'The same as received.';
COMMENT ON COLUMN hub.callback.called_number IS 'What the caller had called, as received.';
COMMENT ON COLUMN hub.callback.call_id IS 'The call that led to it (hub.call), if any.';
COMMENT ON COLUMN hub.callback.queue_name IS 'Queue in Enreach the caller had called.';
COMMENT ON COLUMN hub.callback.requested_at IS 'When it was made; without a time of its own, when it was first seen.';
COMMENT ON COLUMN hub.callback.due_at IS 'When somebody should have called by.';
COMMENT ON COLUMN hub.callback.expires_at IS 'When Enreach closes it by itself.';
COMMENT ON COLUMN hub.callback.note IS 'Text that came with it.';
COMMENT ON COLUMN hub.callback.recording_ids IS 'Voicemails.';
COMMENT ON COLUMN hub.callback.enreach_state IS 'State in Enreach when it was last read.';
COMMENT ON COLUMN hub.callback.enreach_result IS 'How it ended there, in the vendor''s word.';
COMMENT ON COLUMN hub.callback.modified_at IS 'Latest time of change that Enreach gave.';
COMMENT ON COLUMN hub.callback.content_hash IS 'Hash over what Enreach says; the same hash means that nothing new was seen.';
COMMENT ON COLUMN hub.callback.first_seen_at IS 'When the hub first saw it.';
COMMENT ON COLUMN hub.callback.polled_at IS 'When polling first found it. Null: a webhook brought it, and no poll has seen it since.';
COMMENT ON COLUMN hub.callback.told_at IS 'When the first webhook about it came. Null: none.';
COMMENT ON COLUMN hub.callback.changed_at IS 'When the row last changed.';
COMMENT ON COLUMN hub.callback.activity_id IS 'Id of its phone call in Dynamics: made from tenant and request (UUIDv5).';
COMMENT ON COLUMN hub.callback.record_state IS 'State of the phone call when it was last seen. Null: there is none.';
COMMENT ON COLUMN hub.callback.bundle_id IS 'What the phone calls of one bundle have in common: the id of the first of them. Null: it stands alone.';
COMMENT ON COLUMN hub.callback.ignored_for IS 'The request whose phone call stands for this one.';
COMMENT ON COLUMN hub.callback.profile_id IS 'Profile it was decided under.';
COMMENT ON COLUMN hub.callback.profile_version IS 'Version of that profile.';
COMMENT ON COLUMN hub.callback.dynamics_queue_id IS 'Queue in Dynamics it was put into.';
COMMENT ON COLUMN hub.callback.owner_id IS 'Owner given to the phone call. Null: the application user.';
COMMENT ON COLUMN hub.callback.owner_rule IS 'Rule that found the owner (docs/callbacks.md lists them).';
COMMENT ON COLUMN hub.callback.regarding_table IS 'Table of the record the phone call is regarding.';
COMMENT ON COLUMN hub.callback.regarding_id IS 'Record the phone call is regarding.';
COMMENT ON COLUMN hub.callback.written_at IS 'When the phone call was known to be there.';
COMMENT ON COLUMN hub.callback.setting_version IS 'Version of the tenant''s settings the last decision was made under.';
COMMENT ON COLUMN hub.callback.close_state IS 'due: the hub will close it in Enreach; done: it did; elsewhere: somebody else had; refused: Enreach would not; gone: Enreach has it no more. Null: it is not to be closed (yet).';
COMMENT ON COLUMN hub.callback.closed_at IS 'When it was known to be closed in Enreach.';
COMMENT ON COLUMN hub.callback.error_code IS 'Code of the last error. Null: the last try went well.';
COMMENT ON COLUMN hub.callback.error_text IS 'Text of the last error, as the vendor gave it.';

GRANT SELECT ON hub.callback TO trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE ON hub.callback TO trunkline_callback_sync;

CREATE TABLE hub.callback_intake (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    callback_day date NOT NULL,
    seen bigint NOT NULL,
    PRIMARY KEY (tenant_id, callback_day)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.callback_intake IS 'Callback requests counted as they come in, in the transaction that brings them: the other side of the balance.';
COMMENT ON COLUMN hub.callback_intake.tenant_id IS 'Whose requests.';
COMMENT ON COLUMN hub.callback_intake.callback_day IS 'UTC day of the request as first seen.';
COMMENT ON COLUMN hub.callback_intake.seen IS 'How many of that day came in.';

GRANT SELECT, INSERT, UPDATE ON hub.callback_intake TO trunkline_callback_sync;
GRANT SELECT ON hub.callback_intake TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE TABLE hub.callback_mark (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    source text NOT NULL CHECK (source IN ('dynamics', 'enreach')),
    read_until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, source)
);

COMMENT ON TABLE hub.callback_mark IS 'How far each side''s changes of callback requests that stand already were read.';
COMMENT ON COLUMN hub.callback_mark.tenant_id IS 'Whose requests.';
COMMENT ON COLUMN hub.callback_mark.source IS 'dynamics: phone calls that ended; enreach: requests that changed.';
COMMENT ON COLUMN hub.callback_mark.read_until IS 'By that side''s clock.';

GRANT SELECT, INSERT, UPDATE ON hub.callback_mark TO trunkline_callback_sync;
GRANT SELECT ON hub.callback_mark TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE FUNCTION hub.forget_callbacks(for_tenant integer, before date, most integer DEFAULT 1000)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER  -- nobody else may delete requests
SET search_path = hub, pg_temp
AS $$
DECLARE
    gone integer;
BEGIN
    IF before > (now() AT TIME ZONE 'UTC')::date - 28 THEN
        RAISE EXCEPTION 'refusing to forget callback requests of the last four weeks';
    END IF;
    WITH doomed AS (
        SELECT callback_id FROM hub.callback
        WHERE tenant_id = for_tenant AND callback_day < before AND state <> 'pending' AND close_state IS DISTINCT FROM 'due'
        ORDER BY callback_day LIMIT most FOR UPDATE SKIP LOCKED
    ), deleted AS (
        DELETE FROM hub.callback c USING doomed d
        WHERE c.tenant_id = for_tenant AND c.callback_id = d.callback_id
        RETURNING c.callback_day
    ), counted AS (
        UPDATE hub.callback_intake i SET seen = i.seen - g.number
        FROM (SELECT callback_day, count(*) AS number FROM deleted GROUP BY callback_day) g
        WHERE i.tenant_id = for_tenant AND i.callback_day = g.callback_day
    )
    SELECT count(*) INTO gone FROM deleted;
    RETURN gone;
END
$$;

COMMENT ON FUNCTION hub.forget_callbacks IS 'Deletes callback requests of days before the given one that are over; answers how many.';
GRANT EXECUTE ON FUNCTION hub.forget_callbacks TO trunkline_callback_sync;

-- Webhooks.

CREATE TABLE hub.webhook_event (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    entity_id uuid,
    subject_id uuid,
    event_at timestamptz,
    received_at timestamptz NOT NULL DEFAULT now(),
    copies integer NOT NULL DEFAULT 1,
    handled_at timestamptz,
    outcome text CHECK (outcome ~ '^[a-z][a-z0-9_]*$'),
    PRIMARY KEY (tenant_id, event_id)
) WITH (fillfactor = 70);

CREATE INDEX webhook_event_open ON hub.webhook_event (tenant_id, entity_id) WHERE handled_at IS NULL;
CREATE INDEX webhook_event_subject ON hub.webhook_event (tenant_id, subject_id);
CREATE INDEX webhook_event_received ON hub.webhook_event (received_at);

COMMENT ON TABLE hub.webhook_event IS 'What Enreach''s webhooks said in the last days. A row is committed before the webhook is answered, and an id that stands here is not taken again.';
COMMENT ON COLUMN hub.webhook_event.tenant_id IS 'Whose event.';
COMMENT ON COLUMN hub.webhook_event.event_id IS 'Id of the notification; one made from its text where it has none.';
COMMENT ON COLUMN hub.webhook_event.event_type IS 'Kind of event, as the vendor calls it.';
COMMENT ON COLUMN hub.webhook_event.entity_id IS 'What the subscription was for: a callback list, a queue, a user.';
COMMENT ON COLUMN hub.webhook_event.subject_id IS 'The callback request or the call it names.';
COMMENT ON COLUMN hub.webhook_event.event_at IS 'When it happened, by the vendor''s clock.';
COMMENT ON COLUMN hub.webhook_event.received_at IS 'When it came.';
COMMENT ON COLUMN hub.webhook_event.copies IS 'How often it came.';
COMMENT ON COLUMN hub.webhook_event.handled_at IS 'When the hub had looked. Null: not yet.';
COMMENT ON COLUMN hub.webhook_event.outcome IS 'read: the API showed it; no_profile: no profile takes its list; known: the hub had done it itself; not_shown: the API never showed it, polling is left to find it; queued: a look was promised.';

GRANT SELECT, INSERT, UPDATE, DELETE ON hub.webhook_event TO trunkline_call_sync, trunkline_callback_sync;
GRANT SELECT ON hub.webhook_event TO trunkline_console, trunkline_operator, trunkline_monitor;

-- Reports.

CREATE VIEW report.callbacks AS
SELECT
    t.name AS tenant, c.callback_id, c.state, c.reason, c.list_name AS list, c.number, c.requested_at, c.due_at, c.first_seen_at,
    c.written_at, extract(epoch FROM c.written_at - c.first_seen_at)::double precision AS seconds_to_record, c.activity_id,
    c.record_state, c.bundle_id, c.ignored_for, p.name AS profile, k.queue_name AS queue, c.enreach_state, c.close_state, c.closed_at,
    c.error_code
FROM hub.callback c
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.callback_profile p USING (tenant_id, profile_id)
LEFT JOIN hub.callback_check k USING (tenant_id, profile_id);

COMMENT ON VIEW report.callbacks IS 'Each callback request and what became of it.';
COMMENT ON COLUMN report.callbacks.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.callbacks.callback_id IS 'Enreach''s id of the request.';
COMMENT ON COLUMN report.callbacks.state IS 'pending, written, ignored, skipped, dead.';
COMMENT ON COLUMN report.callbacks.reason IS 'Why, as a code.';
COMMENT ON COLUMN report.callbacks.list IS 'Callback list.';
COMMENT ON COLUMN report.callbacks.number IS 'Whom to call.';
COMMENT ON COLUMN report.callbacks.requested_at IS 'When it was made.';
COMMENT ON COLUMN report.callbacks.due_at IS 'When somebody should have called by.';
COMMENT ON COLUMN report.callbacks.first_seen_at IS 'When the hub first saw it.';
COMMENT ON COLUMN report.callbacks.written_at IS 'When its phone call stood in Dynamics.';
COMMENT ON COLUMN report.callbacks.seconds_to_record IS 'Seconds from the one to the other.';
COMMENT ON COLUMN report.callbacks.activity_id IS 'Id of the phone call, if there is one.';
COMMENT ON COLUMN report.callbacks.record_state IS 'open, completed, cancelled, deleted, as last seen.';
COMMENT ON COLUMN report.callbacks.bundle_id IS 'Common to the phone calls of one bundle.';
COMMENT ON COLUMN report.callbacks.ignored_for IS 'The request whose phone call stands for this one.';
COMMENT ON COLUMN report.callbacks.profile IS 'Profile it was decided under.';
COMMENT ON COLUMN report.callbacks.queue IS 'Queue in Dynamics.';
COMMENT ON COLUMN report.callbacks.enreach_state IS 'State in Enreach when it was last read.';
COMMENT ON COLUMN report.callbacks.close_state IS 'due, done, elsewhere, refused, gone.';
COMMENT ON COLUMN report.callbacks.closed_at IS 'When it was closed in Enreach.';
COMMENT ON COLUMN report.callbacks.error_code IS 'Code of the last error.';

CREATE VIEW report.callback_balance AS
WITH counted AS (
    SELECT tenant_id, callback_day, state, bundle_id IS NOT NULL AS bundled, closed_at IS NOT NULL AS closed,
        count(*) AS requests, 0::bigint AS seen
    FROM hub.callback GROUP BY tenant_id, callback_day, state, bundle_id IS NOT NULL, closed_at IS NOT NULL
    UNION ALL
    SELECT tenant_id, callback_day, 'seen', false, false, 0, seen FROM hub.callback_intake
)
SELECT
    t.name AS tenant, callback_day AS day, sum(seen)::bigint AS seen,
    coalesce(sum(requests) FILTER (WHERE state = 'written'), 0)::bigint AS written,
    coalesce(sum(requests) FILTER (WHERE state = 'written' AND bundled), 0)::bigint AS bundled,
    coalesce(sum(requests) FILTER (WHERE state = 'ignored'), 0)::bigint AS ignored,
    coalesce(sum(requests) FILTER (WHERE state = 'skipped'), 0)::bigint AS skipped,
    coalesce(sum(requests) FILTER (WHERE state = 'pending'), 0)::bigint AS pending,
    coalesce(sum(requests) FILTER (WHERE state = 'dead'), 0)::bigint AS dead,
    coalesce(sum(requests) FILTER (WHERE closed), 0)::bigint AS closed,
    (sum(seen) - sum(requests))::bigint AS difference
FROM counted JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, callback_day;

COMMENT ON VIEW report.callback_balance IS 'Per tenant and UTC day of the request: seen = written + ignored + skipped + pending + dead.';
COMMENT ON COLUMN report.callback_balance.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.callback_balance.day IS 'UTC day on which they were requested, as first seen.';
COMMENT ON COLUMN report.callback_balance.seen IS 'Requests that came in, counted as they came.';
COMMENT ON COLUMN report.callback_balance.written IS 'Requests with a phone call of their own.';
COMMENT ON COLUMN report.callback_balance.bundled IS 'Those of them that are linked to others of the number.';
COMMENT ON COLUMN report.callback_balance.ignored IS 'Requests for which another''s phone call stands.';
COMMENT ON COLUMN report.callback_balance.skipped IS 'Requests with nothing to do.';
COMMENT ON COLUMN report.callback_balance.pending IS 'Requests that wait.';
COMMENT ON COLUMN report.callback_balance.dead IS 'Requests given up.';
COMMENT ON COLUMN report.callback_balance.closed IS 'Requests that are closed in Enreach.';
COMMENT ON COLUMN report.callback_balance.difference IS 'seen minus all the others: anything but 0 is an alarm.';

CREATE VIEW report.callback_profiles AS
SELECT
    t.name AS tenant, p.profile_id, p.name AS profile, p.source, p.callback_list_name AS list, k.queue_name AS queue, p.ownership_rule,
    p.duplicate_rule, p.method, p.age, p.age_unit, p.enabled, coalesce(k.problem_text, p.problem) AS problem, k.checked_at, k.polled_at,
    p.version, p.changed_at, p.changed_by
FROM hub.callback_profile p
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.callback_check k USING (tenant_id, profile_id)
WHERE p.deleted_at IS NULL;

COMMENT ON VIEW report.callback_profiles IS 'The callback profiles in force, and what is wrong with them.';
COMMENT ON COLUMN report.callback_profiles.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.callback_profiles.profile_id IS 'Id of the profile.';
COMMENT ON COLUMN report.callback_profiles.profile IS 'Its name.';
COMMENT ON COLUMN report.callback_profiles.source IS 'dynamics or hub.';
COMMENT ON COLUMN report.callback_profiles.list IS 'Callback list.';
COMMENT ON COLUMN report.callback_profiles.queue IS 'Queue in Dynamics, as last seen.';
COMMENT ON COLUMN report.callback_profiles.ownership_rule IS 'api_user or queue_owner.';
COMMENT ON COLUMN report.callback_profiles.duplicate_rule IS 'bundle or ignore.';
COMMENT ON COLUMN report.callback_profiles.method IS 'polling, webhook or webhook_with_polling.';
COMMENT ON COLUMN report.callback_profiles.age IS 'So many units each poll asks back.';
COMMENT ON COLUMN report.callback_profiles.age_unit IS 'days, hours or minutes.';
COMMENT ON COLUMN report.callback_profiles.enabled IS 'False: it is switched off.';
COMMENT ON COLUMN report.callback_profiles.problem IS 'Why it takes nothing in, with the remedy. Null: it works.';
COMMENT ON COLUMN report.callback_profiles.checked_at IS 'When both vendors were last asked.';
COMMENT ON COLUMN report.callback_profiles.polled_at IS 'When its list was last read.';
COMMENT ON COLUMN report.callback_profiles.version IS 'Version in force.';
COMMENT ON COLUMN report.callback_profiles.changed_at IS 'When it last changed.';
COMMENT ON COLUMN report.callback_profiles.changed_by IS 'Who changed it.';

CREATE VIEW report.webhook_loss AS
-- Of what polling found, how much a webhook had told. The last two minutes are left out: their webhooks may still be under way.
WITH subjects AS (
    SELECT c.tenant_id, 'CallbackCreated' AS event_type, date_trunc('hour', c.first_seen_at) AS hour, c.callback_id AS subject_id,
        c.first_seen_at AS found_at
    FROM hub.callback c
    JOIN hub.callback_profile p ON p.tenant_id = c.tenant_id AND p.callback_list_id = c.list_id AND p.deleted_at IS NULL
    WHERE p.method <> 'polling' AND c.first_seen_at < now() - interval '2 minutes' AND c.first_seen_at > now() - interval '7 days'
    UNION ALL
    SELECT c.tenant_id, 'CallEnded', date_trunc('hour', c.first_seen_at), c.call_id, c.first_seen_at
    FROM hub.call c
    WHERE c.backfill_id IS NULL AND c.first_seen_at < now() - interval '2 minutes' AND c.first_seen_at > now() - interval '7 days'
      AND EXISTS (SELECT FROM hub.webhook_event e WHERE e.tenant_id = c.tenant_id AND e.event_type NOT LIKE 'Callback%')
), told AS (
    SELECT s.*, e.received_at, e.event_at, e.copies
    FROM subjects s
    LEFT JOIN LATERAL (
        SELECT min(received_at) AS received_at, min(event_at) AS event_at, sum(copies) AS copies
        FROM hub.webhook_event e WHERE e.tenant_id = s.tenant_id AND e.subject_id = s.subject_id
    ) e ON true
)
SELECT
    t.name AS tenant, event_type, hour, count(*) AS happened, count(received_at) AS told, count(*) - count(received_at) AS lost,
    coalesce(sum(copies) - count(received_at), 0)::bigint AS repeated,
    (percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM received_at - event_at), 0)))::double precision
        AS delay_p50_seconds,
    (percentile_cont(0.95) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM received_at - event_at), 0)))::double precision
        AS delay_p95_seconds
FROM told JOIN hub.tenant t USING (tenant_id)
GROUP BY t.name, event_type, hour;

COMMENT ON VIEW report.webhook_loss IS 'The loss meter: what happened, by the API''s account, and what webhooks told of it, for each hour of the last seven days. Lists and tenants without webhooks are left out.';
COMMENT ON COLUMN report.webhook_loss.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.webhook_loss.event_type IS 'CallbackCreated: a request was made; CallEnded: a call was over, under whichever of the vendor''s names.';
COMMENT ON COLUMN report.webhook_loss.hour IS 'Hour in which the hub first saw it.';
COMMENT ON COLUMN report.webhook_loss.happened IS 'How many there were.';
COMMENT ON COLUMN report.webhook_loss.told IS 'How many of them a webhook told.';
COMMENT ON COLUMN report.webhook_loss.lost IS 'How many none told.';
COMMENT ON COLUMN report.webhook_loss.repeated IS 'Webhooks beyond the first of each.';
COMMENT ON COLUMN report.webhook_loss.delay_p50_seconds IS 'Half of the webhooks came so many seconds after the event, or sooner; by both sides'' clocks.';
COMMENT ON COLUMN report.webhook_loss.delay_p95_seconds IS 'As p50, for 95 of 100.';

-- callback-sync puts the loss meter among its metrics.
GRANT USAGE ON SCHEMA report TO trunkline_callback_sync;
GRANT SELECT ON report.webhook_loss TO trunkline_callback_sync;
