-- Jobs that died of the same are counted, found and retried together, however many they are.

-- Programs of version 15 name the columns of hub.job_dead, and know nothing of the new one.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;

CREATE FUNCTION hub.error_group(error jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
-- A database's encoding does not change, which is all that convert_to could see.
RETURN encode(sha256(convert_to(concat(error ->> 'code', E'\n', hub.normalise_error(error ->> 'message')), 'UTF8')), 'hex');

COMMENT ON FUNCTION hub.error_group IS 'Mark of errors that are counted as one: SHA-256 in hexadecimals over the code and the text by hub.normalise_error.';
GRANT EXECUTE ON FUNCTION hub.error_group TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_operator, trunkline_console;
-- Who puts a job into the dead letter makes its mark.
GRANT EXECUTE ON FUNCTION hub.normalise_error TO trunkline_user_sync, trunkline_callback_sync;

-- Alone in its migration: it writes the table anew, and locks no other meanwhile.
ALTER TABLE hub.job_dead ADD COLUMN error_group text COLLATE "C" GENERATED ALWAYS AS (hub.error_group(error)) STORED;
COMMENT ON COLUMN hub.job_dead.error_group IS 'Mark of errors that are counted as one (hub.error_group): kept, since to make it of tens of thousands takes half a second.';

-- As before, but columns that are made from others are left out: nobody writes them, and they change with the others.
CREATE OR REPLACE FUNCTION hub.number_columns()
RETURNS TABLE (relation regclass, place text, attribute text, kind text, tenancy text)
LANGUAGE sql STABLE
SET search_path = hub, pg_catalog, pg_temp
AS $$
    SELECT c.oid::regclass, r.relname::text, a.attname::text, format_type(a.atttypid, NULL),
        CASE WHEN t.attname IS NULL THEN 'none' WHEN t.attnotnull THEN 'always' ELSE 'maybe' END
    FROM pg_class c
    JOIN pg_class r ON r.oid = coalesce(pg_partition_root(c.oid), c.oid)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped
    WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind = 'r'
      AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'jsonb'::regtype, 'json'::regtype)
      AND r.relname NOT IN ('erased_number', 'erasure', 'erasure_item', 'schema_migration', 'job_kind', 'job_queue', 'job_chore')
      -- What orders jobs that are not finished; made of ids.
      AND NOT (r.relname IN ('job_ready', 'job_lease', 'job_later', 'job_wait', 'job_key', 'job_unique') AND a.attname IN ('key', 'unique_key'))
$$;
