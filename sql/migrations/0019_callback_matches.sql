-- Callback requests say by which rule their phone call was linked to somebody, and are linked late, as calls are.

-- No request has a rule yet, so there is nothing to be checked.
ALTER TABLE hub.callback
    ADD COLUMN match_rule text,
    ADD CONSTRAINT callback_match_rule_check CHECK (match_rule ~ '^[a-z][a-z0-9_]*$') NOT VALID;

COMMENT ON COLUMN hub.callback.match_rule IS 'How the other party was looked for: the rule that found whom the phone call is regarding, or the reason why nobody was (docs/directory.md lists them). Null: nobody was looked for, or by a program that did not say.';

ALTER TABLE hub.callback_mark
    ADD COLUMN directory_version bigint,
    DROP CONSTRAINT callback_mark_source_check,
    ADD CONSTRAINT callback_mark_source_check CHECK (source IN ('dynamics', 'enreach', 'enreach_told', 'records', 'directory'));

COMMENT ON COLUMN hub.callback_mark.source IS 'dynamics: phone calls that ended; enreach: requests that changed on lists that are polled; enreach_told: on lists that are not; records: open phone calls, looked at in turn; directory: what appeared there, compared with open phone calls that are linked to nobody.';
COMMENT ON COLUMN hub.callback_mark.directory_version IS 'Only of directory: version of hub.directory_state up to which that was done.';

GRANT SELECT ON hub.directory_change TO trunkline_callback_sync;

-- Programs of version 15 name their columns, and leave the new ones empty.
CREATE OR REPLACE FUNCTION hub.programs_from()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = hub, pg_temp
RETURN 15;
