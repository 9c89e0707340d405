-- The ground everything stands on: roles, schemas, the record of migrations.
--
-- Roles belong to the whole cluster and schemas to this database, so the roles may be there already: from another
-- database of the same cluster, made by hand by a DBA (docs/database.md), or just now by a migration that runs in
-- parallel elsewhere. Advisory locks do not reach across databases; so each CREATE ROLE stands the race by itself.

DO $roles$
DECLARE
    wanted record;
    membership text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
    reader text;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('trunkline_owner', 'Trunkline: owns the schemas hub and report; migrations run as this role.'),
            ('trunkline_call_sync', 'Trunkline: what the program call-sync may do.'),
            ('trunkline_user_sync', 'Trunkline: what the program user-sync may do.'),
            ('trunkline_callback_sync', 'Trunkline: what the program callback-sync may do.'),
            ('trunkline_router', 'Trunkline: what the program router may do.'),
            ('trunkline_console', 'Trunkline: what the program console may do.'),
            ('trunkline_operator', 'Trunkline: what an operator may do with the command trunkline.'),
            ('trunkline_report', 'Trunkline: reads the views of schema report and nothing else.'),
            ('trunkline_monitor', 'Trunkline: reads figures about the hub and the server for monitoring, no business data.')
        ) AS role (name, purpose)
    LOOP
        IF to_regrole(wanted.name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.name);
                EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, wanted.purpose);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- another database's migration was quicker
            END;
        END IF;
    END LOOP;

    -- Whoever migrates acts as the owner from here on, so that every object has one owner.
    IF NOT pg_has_role(current_user, 'trunkline_owner', membership) THEN
        EXECUTE format('GRANT trunkline_owner TO %I', current_user);
    END IF;

    -- Who holds the oldest snapshot, and how long: without this right the server hides it from all but the session's user.
    FOREACH reader IN ARRAY ARRAY['trunkline_operator', 'trunkline_monitor'] LOOP
        IF NOT pg_has_role(reader, 'pg_read_all_stats', 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT pg_read_all_stats TO %I', reader);
            EXCEPTION
                WHEN insufficient_privilege THEN
                    RAISE NOTICE 'a superuser should run: GRANT pg_read_all_stats TO %', reader;
                WHEN unique_violation OR internal_error THEN
                    NULL;  -- granted by another database's migration at this moment
            END;
        END IF;
    END LOOP;

    IF NOT has_database_privilege('trunkline_owner', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO trunkline_owner', current_database());
    END IF;
    -- PUBLIC has this until a DBA takes it away; hub.job_compact needs it after that, too.
    IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO trunkline_owner', current_database());
    END IF;
END
$roles$;

SET LOCAL ROLE trunkline_owner;

-- Nobody gets anything by being somebody: functions are the one kind of object that PUBLIC may use by default.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA hub;
COMMENT ON SCHEMA hub IS 'The tables of Trunkline''s programs. They may change with any version: read schema report instead.';

CREATE SCHEMA report;
COMMENT ON SCHEMA report IS 'Views for people and tools outside Trunkline: stable names, a comment on each column.';

GRANT USAGE ON SCHEMA hub TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console,
    trunkline_operator, trunkline_monitor;

GRANT USAGE ON SCHEMA report TO trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor;

-- A view made in schema report is there to be read.
ALTER DEFAULT PRIVILEGES IN SCHEMA report
    GRANT SELECT ON TABLES TO trunkline_report, trunkline_console, trunkline_operator, trunkline_monitor;

CREATE TABLE hub.schema_migration (
    version integer PRIMARY KEY CHECK (version > 0),
    name text NOT NULL,
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    duration interval NOT NULL
);

COMMENT ON TABLE hub.schema_migration IS 'One row per migration applied to this database. The highest version is the version of the schema.';
COMMENT ON COLUMN hub.schema_migration.version IS 'Number at the start of the file''s name in sql/migrations.';
COMMENT ON COLUMN hub.schema_migration.name IS 'The rest of the file''s name, without .sql.';
COMMENT ON COLUMN hub.schema_migration.checksum IS 'SHA-256 of the file''s text, in hexadecimal. A migration is never edited once it was applied.';
COMMENT ON COLUMN hub.schema_migration.applied_at IS 'When the migration was done.';
COMMENT ON COLUMN hub.schema_migration.applied_by IS 'Login user that ran it.';
COMMENT ON COLUMN hub.schema_migration.duration IS 'How long the migration''s statements took.';

GRANT SELECT ON hub.schema_migration TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console,
    trunkline_operator, trunkline_monitor;

-- Tenants and what is set for them.

CREATE TABLE hub.tenant (
    tenant_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    enabled boolean NOT NULL DEFAULT true,
    region text CHECK (region ~ '^[A-Z]{2}$'),
    setting_version integer NOT NULL DEFAULT 0,
    people_version integer NOT NULL DEFAULT 0,
    people_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hub.tenant IS 'One row per tenant: one Enreach organisation joined to one Dynamics environment.';
COMMENT ON COLUMN hub.tenant.tenant_id IS 'Number of the tenant in this database; leads the key of every other table.';
COMMENT ON COLUMN hub.tenant.name IS 'Name as in the configuration files. Never changes: the ids of the phone calls in Dynamics are made from it.';
COMMENT ON COLUMN hub.tenant.enabled IS 'False: nothing is read or written for the tenant; its jobs wait.';
COMMENT ON COLUMN hub.tenant.region IS 'ISO 3166 country code by which numbers without a country are read. Null: such numbers stay as they are.';
COMMENT ON COLUMN hub.tenant.setting_version IS 'Version of the newest row of hub.setting; 0 = all settings at their defaults.';
COMMENT ON COLUMN hub.tenant.people_version IS 'Grows whenever hub.person or hub.own_number of the tenant changes, so that programs know when to read them again.';
COMMENT ON COLUMN hub.tenant.people_at IS 'When people were last read from both vendors. Null: never; no call is written before.';
COMMENT ON COLUMN hub.tenant.created_at IS 'When the tenant was made.';
COMMENT ON COLUMN hub.tenant.changed_at IS 'When the row was last changed.';

GRANT SELECT ON hub.tenant TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console,
    trunkline_operator, trunkline_monitor;
GRANT INSERT (name, enabled, region) ON hub.tenant TO trunkline_operator;
-- A program notes that people were read.
GRANT UPDATE (people_version, people_at) ON hub.tenant TO trunkline_call_sync, trunkline_user_sync;
GRANT UPDATE (enabled, region, changed_at, setting_version) ON hub.tenant TO trunkline_operator, trunkline_console;

CREATE TABLE hub.setting (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL,
    value text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL,
    note text,
    PRIMARY KEY (tenant_id, version)
);

COMMENT ON TABLE hub.setting IS 'Every change of a setting, oldest first: the values in force are the newest row of each name. Rows are never changed.';
COMMENT ON COLUMN hub.setting.tenant_id IS 'Whose setting.';
COMMENT ON COLUMN hub.setting.version IS 'Number of the change within the tenant; decisions note the version they were made under.';
COMMENT ON COLUMN hub.setting.name IS 'Name of the setting, as in the vendor''s guide where it has one (docs/calls.md lists them).';
COMMENT ON COLUMN hub.setting.value IS 'The new value as text. Null: back to the default.';
COMMENT ON COLUMN hub.setting.changed_at IS 'When it was changed.';
COMMENT ON COLUMN hub.setting.changed_by IS 'Who changed it.';
COMMENT ON COLUMN hub.setting.note IS 'Why, if they said so.';

GRANT SELECT ON hub.setting TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;
GRANT INSERT ON hub.setting TO trunkline_operator, trunkline_console;

CREATE FUNCTION hub.change_setting(for_tenant integer, setting_name text, new_value text, who text, why text DEFAULT NULL)
RETURNS integer
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    WITH next AS (
        UPDATE hub.tenant SET setting_version = setting_version + 1, changed_at = now()
        WHERE tenant_id = for_tenant
        RETURNING setting_version
    )
    INSERT INTO hub.setting (tenant_id, version, name, value, changed_by, note)
    SELECT for_tenant, setting_version, setting_name, new_value, who, why FROM next
    RETURNING version
$$;

COMMENT ON FUNCTION hub.change_setting IS 'Adds one change of a setting and answers its version; null if there is no such tenant. The caller has checked name and value.';
GRANT EXECUTE ON FUNCTION hub.change_setting TO trunkline_operator, trunkline_console;

CREATE FUNCTION hub.settings_at(for_tenant integer, at_version integer DEFAULT NULL)
RETURNS TABLE (name text, value text, version integer)
LANGUAGE sql STABLE
SET search_path = hub, pg_temp
AS $$
    SELECT newest.name, newest.value, newest.version
    FROM (
        SELECT DISTINCT ON (s.name) s.name, s.value, s.version
        FROM hub.setting s
        WHERE s.tenant_id = for_tenant AND s.version <= coalesce(at_version, s.version)
        ORDER BY s.name, s.version DESC
    ) newest
    WHERE newest.value IS NOT NULL
$$;

COMMENT ON FUNCTION hub.settings_at IS 'The settings of a tenant that differ from their defaults, now or as they were at a version.';
GRANT EXECUTE ON FUNCTION hub.settings_at TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;

-- Who did what by hand, and which programs run.

CREATE TABLE hub.operator_action (
    tenant_id integer REFERENCES hub.tenant,
    action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    who text NOT NULL,
    action text NOT NULL,
    target text,
    detail jsonb
);

CREATE INDEX operator_action_recent ON hub.operator_action (tenant_id, at DESC);

COMMENT ON TABLE hub.operator_action IS 'What people did to the hub: settings, jobs, backfills, tenants. Rows are only added.';
COMMENT ON COLUMN hub.operator_action.tenant_id IS 'Tenant it concerned. Null: the whole hub.';
COMMENT ON COLUMN hub.operator_action.action_id IS 'Number of the action.';
COMMENT ON COLUMN hub.operator_action.at IS 'When.';
COMMENT ON COLUMN hub.operator_action.who IS 'Who: the operating system''s user of the command, or the signed-in user of the console.';
COMMENT ON COLUMN hub.operator_action.action IS 'What, as subject.verb, for example jobs.retry, backfill.start, setting.change.';
COMMENT ON COLUMN hub.operator_action.target IS 'On what: a job id, the name of a setting, a call id.';
COMMENT ON COLUMN hub.operator_action.detail IS 'Further particulars.';

GRANT SELECT, INSERT ON hub.operator_action TO trunkline_operator, trunkline_console;

CREATE TABLE hub.instance (
    instance_id uuid PRIMARY KEY,
    program text NOT NULL,
    version text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz,
    state jsonb
);

CREATE INDEX instance_recent ON hub.instance (seen_at DESC);

COMMENT ON TABLE hub.instance IS 'One row per run of a program. Not a tenant''s: an instance serves all of them.';
COMMENT ON COLUMN hub.instance.instance_id IS 'Made by the program when it starts; the timeline names it.';
COMMENT ON COLUMN hub.instance.program IS 'Name of the program, for example call-sync.';
COMMENT ON COLUMN hub.instance.version IS 'Version of the program.';
COMMENT ON COLUMN hub.instance.host IS 'Machine it runs on.';
COMMENT ON COLUMN hub.instance.pid IS 'Process on that machine.';
COMMENT ON COLUMN hub.instance.started_at IS 'When it started.';
COMMENT ON COLUMN hub.instance.seen_at IS 'Last sign of life.';
COMMENT ON COLUMN hub.instance.stopped_at IS 'When it stopped in order. Null with an old seen_at: it was killed.';
COMMENT ON COLUMN hub.instance.state IS 'What it says of itself: the checks of /health/ready by name.';

GRANT SELECT, INSERT ON hub.instance TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console;
GRANT UPDATE (seen_at, stopped_at, state) ON hub.instance TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console;
GRANT DELETE ON hub.instance TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console;
GRANT SELECT ON hub.instance TO trunkline_operator, trunkline_monitor;

-- The tenant's own people and numbers.

CREATE TABLE hub.person (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    system_user_id uuid NOT NULL,
    enreach_user_id uuid,
    full_name text NOT NULL,
    email text,
    mobile_number text,
    mobile_raw text,
    disabled boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, system_user_id)
);

CREATE INDEX person_enreach_user ON hub.person (tenant_id, enreach_user_id) WHERE enreach_user_id IS NOT NULL;

COMMENT ON TABLE hub.person IS 'Users of Dynamics, with the Enreach user each of them is.';
COMMENT ON COLUMN hub.person.tenant_id IS 'Whose user.';
COMMENT ON COLUMN hub.person.system_user_id IS 'Id in Dynamics (systemuser).';
COMMENT ON COLUMN hub.person.enreach_user_id IS 'Enreach User Id on the Dynamics user. Null: not (yet) matched.';
COMMENT ON COLUMN hub.person.full_name IS 'Name in Dynamics.';
COMMENT ON COLUMN hub.person.email IS 'E-mail address in Dynamics.';
COMMENT ON COLUMN hub.person.mobile_number IS 'Mobile number in E.164, by which mobile calls find their owner. Null: none, or not readable.';
COMMENT ON COLUMN hub.person.mobile_raw IS 'Mobile number as typed in Dynamics.';
COMMENT ON COLUMN hub.person.disabled IS 'True: may own records, but gets no new ones.';
COMMENT ON COLUMN hub.person.changed_at IS 'When the row last changed.';

CREATE TABLE hub.own_number (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    number text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('user', 'queue')),
    enreach_id uuid,
    label text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, number)
);

COMMENT ON TABLE hub.own_number IS 'Numbers of the tenant itself: a call between two of them is internal, and none of them is ever looked up as a customer.';
COMMENT ON COLUMN hub.own_number.tenant_id IS 'Whose number.';
COMMENT ON COLUMN hub.own_number.number IS 'The number in E.164.';
COMMENT ON COLUMN hub.own_number.kind IS 'Whether it belongs to a user or to a queue.';
COMMENT ON COLUMN hub.own_number.enreach_id IS 'Id of that user or queue in Enreach, where known.';
COMMENT ON COLUMN hub.own_number.label IS 'Name of that user or queue.';
COMMENT ON COLUMN hub.own_number.changed_at IS 'When the row last changed.';

GRANT SELECT ON hub.person, hub.own_number TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.person, hub.own_number TO trunkline_call_sync, trunkline_user_sync;
