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
