-- Where a tenant's polling began, so that what is read once more never reaches behind it.

ALTER TABLE hub.watermark ADD COLUMN modified_from timestamptz;

COMMENT ON COLUMN hub.watermark.modified_from IS 'By the vendor''s clock: where the first poll began. Sweeps read once more from here at the earliest. Null until a program that knows it has polled.';

-- Where it began is not known of those there are: what was read until now is theirs, and not read once more.
UPDATE hub.watermark SET modified_from = modified_until;

-- Programs of version 15 name their columns, and leave this one empty.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;
