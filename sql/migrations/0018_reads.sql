-- What is read most, at 20 million calls: lists of calls by an index that gives them in order, and reports that spend less on each row.

-- Calls in the order in which they are shown ----------------------------------------------------------------------------

-- A page of a day, or of a number that calls all day, is then as many rows as it shows, and a sample of a day is ranges of it. The day and
-- the number stay as they are; the start moves only while a call comes in, so an update of its row still stays on its page.
--
-- On a large hub they can be made beforehand, while calls are written: CREATE INDEX CONCURRENTLY. One that broke off is made anew.
DO $unfinished$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT i.indexrelid::regclass::text FROM pg_index i
        WHERE i.indexrelid IN (to_regclass('hub.call_by_start'), to_regclass('hub.call_by_number')) AND NOT i.indisvalid
    LOOP
        EXECUTE 'DROP INDEX ' || name;
    END LOOP;
END
$unfinished$;

CREATE INDEX IF NOT EXISTS call_by_start ON hub.call (tenant_id, call_day, started_at);
CREATE INDEX IF NOT EXISTS call_by_number ON hub.call (tenant_id, other_number, started_at) WHERE other_number IS NOT NULL;
DROP INDEX IF EXISTS hub.call_by_day;
DROP INDEX IF EXISTS hub.call_by_other_number;

-- Errors' texts ---------------------------------------------------------------------------------------------------------

-- The same answers as before, word for word in a loop: a query over the words cost three times as much.
CREATE OR REPLACE FUNCTION hub.normalise_error(message text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    words text[] := (regexp_split_to_array(left(message, 1000), '\s+'))[1:60];
BEGIN
    FOR place IN 1 .. coalesce(cardinality(words), 0) LOOP
        IF words[place] ~ '[0-9]' AND words[place] !~* '^[^[:alnum:]+]*0x[0-9a-f]{8}([^0-9a-f]|$)' THEN
            words[place] := '…';
        END IF;
    END LOOP;
    RETURN btrim(coalesce(array_to_string(words, ' '), ''));
END
$$;

-- Callbacks -------------------------------------------------------------------------------------------------------------

-- Sorted day by day as the index gives them, and by number before the tenant's name; percentiles of one time from one sort; and seconds
-- by date_part, since extract goes through numeric.
CREATE OR REPLACE VIEW report.callback_service_levels AS
SELECT
    t.name AS tenant, l.day, l.list, l.requests, l.written, l.with_due_time, l.written_in_time, l.open, l.overdue, l.ended,
    l.record[1] AS record_p50_seconds, l.record[2] AS record_p95_seconds, l.hub_p95_seconds,
    l.closed[1] AS closed_p50_seconds, l.closed[2] AS closed_p95_seconds
FROM (
    SELECT
        c.callback_day AS day, c.tenant_id, coalesce(c.list_name, '') AS list, count(*) AS requests,
        count(*) FILTER (WHERE c.state = 'written') AS written,
        count(*) FILTER (WHERE c.due_at IS NOT NULL AND c.state NOT IN ('ignored', 'skipped')) AS with_due_time,
        count(*) FILTER (WHERE c.written_at <= c.due_at) AS written_in_time,
        count(*) FILTER (WHERE c.record_state = 'open') AS open,
        count(*) FILTER (WHERE c.record_state = 'open' AND c.due_at < now()) AS overdue,
        count(*) FILTER (WHERE c.record_state IN ('completed', 'cancelled')) AS ended,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY date_part('epoch', c.written_at - c.requested_at)) AS record,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY date_part('epoch', c.written_at - c.first_seen_at)) AS hub_p95_seconds,
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY date_part('epoch', c.closed_at - c.requested_at)) AS closed
    FROM hub.callback c
    GROUP BY c.callback_day, c.tenant_id, coalesce(c.list_name, '')
) l
JOIN hub.tenant t USING (tenant_id);

-- Programs of version 15 name neither the indexes nor anything else of this.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;
