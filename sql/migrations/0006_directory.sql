-- The directory: who carries which number.

CREATE TABLE hub.directory_entry (
    tenant_id integer NOT NULL,
    entry_id uuid NOT NULL,
    entry_table text NOT NULL CHECK (entry_table IN ('contact', 'account', 'lead')),
    name text,
    owner_id uuid,
    account_id uuid,
    is_active boolean NOT NULL DEFAULT true,
    merged_into uuid,
    segment text,
    language text,
    last_interaction_at timestamptz,
    row_version bigint NOT NULL DEFAULT 0,
    generation bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, entry_id)
) WITH (fillfactor = 85);

COMMENT ON TABLE hub.directory_entry IS 'Contacts, accounts and leads of Dynamics as far as numbers need them; kept current by change tracking. No foreign key to hub.tenant: its check would cost as much as the row.';
COMMENT ON COLUMN hub.directory_entry.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_entry.entry_id IS 'Id in Dynamics.';
COMMENT ON COLUMN hub.directory_entry.entry_table IS 'Table in Dynamics.';
COMMENT ON COLUMN hub.directory_entry.name IS 'Name in Dynamics.';
COMMENT ON COLUMN hub.directory_entry.owner_id IS 'User or team that owns it.';
COMMENT ON COLUMN hub.directory_entry.account_id IS 'Account that a contact belongs to.';
COMMENT ON COLUMN hub.directory_entry.is_active IS 'False: deactivated, closed or merged into another. Such an entry has no numbers here.';
COMMENT ON COLUMN hub.directory_entry.merged_into IS 'Entry it was merged into. Null: it was not.';
COMMENT ON COLUMN hub.directory_entry.segment IS 'Value of the column that DirectorySegmentColumn names, for routing.';
COMMENT ON COLUMN hub.directory_entry.language IS 'Value of the column that DirectoryLanguageColumn names, for routing.';
COMMENT ON COLUMN hub.directory_entry.last_interaction_at IS 'Start of the latest call that was linked to it. Null: none.';
COMMENT ON COLUMN hub.directory_entry.row_version IS 'Version of the row in Dynamics; an older one never replaces a newer one.';
COMMENT ON COLUMN hub.directory_entry.generation IS 'Full load that saw it last (hub.directory_load); a later one that has ended without seeing it removes it.';
COMMENT ON COLUMN hub.directory_entry.changed_at IS 'When anything but the generation last changed.';

CREATE TABLE hub.directory_number (
    tenant_id integer NOT NULL,
    number text NOT NULL CHECK (number ~ '^\+?[0-9]{3,20}$'),
    entry_id uuid NOT NULL,
    field text NOT NULL,
    raw text NOT NULL,
    form text NOT NULL CHECK (form IN ('international', 'national', 'local')),
    suffix text NOT NULL,
    extension text,
    CHECK ((form = 'local') = (number NOT LIKE '+%')),
    PRIMARY KEY (tenant_id, number, entry_id, field)
);

CREATE INDEX directory_number_suffix ON hub.directory_number (tenant_id, suffix);
CREATE INDEX directory_number_entry ON hub.directory_number (tenant_id, entry_id);

COMMENT ON TABLE hub.directory_number IS 'Numbers of the active entries, a row for each column that holds one.';
COMMENT ON COLUMN hub.directory_number.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_number.number IS 'The number in E.164, with +. Of the form local: its digits without trunk prefix and without +, because its country is not known.';
COMMENT ON COLUMN hub.directory_number.entry_id IS 'Entry that carries it (hub.directory_entry).';
COMMENT ON COLUMN hub.directory_number.field IS 'Column of Dynamics it stands in.';
COMMENT ON COLUMN hub.directory_number.raw IS 'The number as typed.';
COMMENT ON COLUMN hub.directory_number.form IS 'international: typed with its country; national: typed without, read by the tenant''s region; local: not readable as a number of any country known.';
COMMENT ON COLUMN hub.directory_number.suffix IS 'National significant number; of the form local the digits themselves. By it local forms are compared.';
COMMENT ON COLUMN hub.directory_number.extension IS 'Extension behind the number, if one was typed.';

CREATE TABLE hub.directory_decision (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    number text NOT NULL,
    chosen_id uuid,
    chosen_table text CHECK (chosen_table IN ('contact', 'account', 'lead')),
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    why text,
    PRIMARY KEY (tenant_id, number),
    CHECK ((chosen_id IS NULL) = (chosen_table IS NULL))
);

COMMENT ON TABLE hub.directory_decision IS 'Whom an administrator chose for a number that several carry. Undone by deleting the row; hub.operator_action tells the history.';
COMMENT ON COLUMN hub.directory_decision.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_decision.number IS 'The number in E.164.';
COMMENT ON COLUMN hub.directory_decision.chosen_id IS 'The entry chosen. Null: nobody, calls of this number are linked to no one.';
COMMENT ON COLUMN hub.directory_decision.chosen_table IS 'Its table in Dynamics.';
COMMENT ON COLUMN hub.directory_decision.decided_by IS 'Who decided.';
COMMENT ON COLUMN hub.directory_decision.decided_at IS 'When.';
COMMENT ON COLUMN hub.directory_decision.why IS 'Why, if they said so.';

CREATE TABLE hub.directory_ambiguity (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    number text NOT NULL,
    calls bigint NOT NULL,
    candidates integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, number)
) WITH (fillfactor = 70);

COMMENT ON TABLE hub.directory_ambiguity IS 'Numbers whose calls were linked to nobody because several carry them, with their traffic. A decision or a look that finds one of them takes the row away.';
COMMENT ON COLUMN hub.directory_ambiguity.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_ambiguity.number IS 'The number in E.164.';
COMMENT ON COLUMN hub.directory_ambiguity.calls IS 'Calls and callbacks that could not be linked.';
COMMENT ON COLUMN hub.directory_ambiguity.candidates IS 'How many entries came into question the last time.';
COMMENT ON COLUMN hub.directory_ambiguity.first_at IS 'Start of the first of these calls.';
COMMENT ON COLUMN hub.directory_ambiguity.last_at IS 'Start of the latest.';

CREATE TABLE hub.directory_load (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    entry_table text NOT NULL CHECK (entry_table IN ('contact', 'account', 'lead')),
    phase text NOT NULL DEFAULT 'new' CHECK (phase IN ('new', 'loading', 'sweeping', 'tracking', 'off')),
    generation bigint NOT NULL DEFAULT 0,
    columns text NOT NULL DEFAULT '',
    next_link text,
    delta_link text,
    swept_to uuid,
    resync_wanted boolean NOT NULL DEFAULT false,
    resync_reason text,
    rows_read bigint NOT NULL DEFAULT 0,
    pages_read bigint NOT NULL DEFAULT 0,
    entries bigint NOT NULL DEFAULT 0,
    unreadable bigint NOT NULL DEFAULT 0,
    started_at timestamptz,
    completed_at timestamptz,
    tracked_at timestamptz,
    error_code text,
    error_text text,
    PRIMARY KEY (tenant_id, entry_table)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.directory_load IS 'How far each table of Dynamics was read into the directory. Changes in the transaction that stores what was read.';
COMMENT ON COLUMN hub.directory_load.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_load.entry_table IS 'Table in Dynamics.';
COMMENT ON COLUMN hub.directory_load.phase IS 'new: nothing read yet; loading: page by page from next_link; sweeping: removing what the load did not see; tracking: changes are read from delta_link; off: not wanted.';
COMMENT ON COLUMN hub.directory_load.generation IS 'Number of the full load that runs or ran last.';
COMMENT ON COLUMN hub.directory_load.columns IS 'Columns and region the load was started with; others mean a new load.';
COMMENT ON COLUMN hub.directory_load.next_link IS 'Address of the next page; null at the first. Of a load, or of the changes being read.';
COMMENT ON COLUMN hub.directory_load.delta_link IS 'Address by which Dynamics tells what changed since.';
COMMENT ON COLUMN hub.directory_load.swept_to IS 'How far the sweep has come.';
COMMENT ON COLUMN hub.directory_load.resync_wanted IS 'True: an operator, or a link that expired, asks for a full load; the entries stay meanwhile.';
COMMENT ON COLUMN hub.directory_load.resync_reason IS 'Why the last full load was made.';
COMMENT ON COLUMN hub.directory_load.rows_read IS 'Rows of Dynamics read by the present load and the changes after it.';
COMMENT ON COLUMN hub.directory_load.pages_read IS 'Answers they came in.';
COMMENT ON COLUMN hub.directory_load.entries IS 'Entries of the table in the directory.';
COMMENT ON COLUMN hub.directory_load.unreadable IS 'Texts in columns for numbers that are none, in what the present load and the changes after it brought.';
COMMENT ON COLUMN hub.directory_load.started_at IS 'Start of the present load.';
COMMENT ON COLUMN hub.directory_load.completed_at IS 'End of the last load. Null: none has ended yet, the directory is not complete.';
COMMENT ON COLUMN hub.directory_load.tracked_at IS 'When changes were last asked for with success.';
COMMENT ON COLUMN hub.directory_load.error_code IS 'Code of the last failure. Null: the last try went well.';
COMMENT ON COLUMN hub.directory_load.error_text IS 'Its text.';

CREATE TABLE hub.directory_state (
    tenant_id integer PRIMARY KEY REFERENCES hub.tenant,
    version bigint NOT NULL DEFAULT 0,
    reload_version bigint NOT NULL DEFAULT 0,
    is_complete boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.directory_state IS 'Version of a tenant''s directory: who keeps a copy compares it with the version of the copy.';
COMMENT ON COLUMN hub.directory_state.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_state.version IS 'Grows with every change of entries, numbers or decisions.';
COMMENT ON COLUMN hub.directory_state.reload_version IS 'A copy of a lower version has to be read anew; one of this version or a higher finds what changed in hub.directory_change.';
COMMENT ON COLUMN hub.directory_state.is_complete IS 'True since every wanted table was read for the first time: who is not in the directory is not in Dynamics.';
COMMENT ON COLUMN hub.directory_state.changed_at IS 'When the version last grew.';

CREATE TABLE hub.directory_change (
    tenant_id integer NOT NULL,
    version bigint NOT NULL,
    entry_id uuid NOT NULL,
    numbers text[] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, version, entry_id)
);

COMMENT ON TABLE hub.directory_change IS 'Entries changed or removed at each version of a tenant''s directory, kept for some days.';
COMMENT ON COLUMN hub.directory_change.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_change.version IS 'Version of hub.directory_state that brought the change.';
COMMENT ON COLUMN hub.directory_change.entry_id IS 'The entry; read it anew, it may be gone.';
COMMENT ON COLUMN hub.directory_change.numbers IS 'Numbers that the entry had before and has no more; those it has now stand in hub.directory_number.';
COMMENT ON COLUMN hub.directory_change.at IS 'When.';

CREATE FUNCTION hub.directory_changed(
    for_tenant integer, changed uuid[] DEFAULT '{}', losers uuid[] DEFAULT '{}', lost text[] DEFAULT '{}', reload boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = hub, pg_temp
AS $$
DECLARE
    reached bigint;
BEGIN
    -- The row stays locked until the end of the transaction, so versions become visible in their order.
    INSERT INTO hub.directory_state AS s (tenant_id, version, reload_version)
    VALUES (for_tenant, 1, CASE WHEN reload THEN 1 ELSE 0 END)
    ON CONFLICT (tenant_id) DO UPDATE SET
        version = s.version + 1,
        reload_version = CASE WHEN reload THEN s.version + 1 ELSE s.reload_version END,
        changed_at = now()
    RETURNING version INTO reached;
    IF NOT reload THEN
        INSERT INTO hub.directory_change (tenant_id, version, entry_id, numbers)
        SELECT for_tenant, reached, entry, coalesce(array_agg(DISTINCT number) FILTER (WHERE number IS NOT NULL), '{}')
        FROM (SELECT c, NULL FROM unnest(changed) c UNION ALL SELECT * FROM unnest(losers, lost)) AS all_of (entry, number)
        GROUP BY entry;
    END IF;
    PERFORM pg_notify('trunkline_directory', for_tenant::text);
    RETURN reached;
END
$$;

COMMENT ON FUNCTION hub.directory_changed IS 'Notes at the end of a transaction which entries of a tenant changed, which numbers the entries in losers have no more (the two arrays go side by side), or that so much changed that copies have to be read anew; tells who listens on trunkline_directory; answers the new version. A decision names no entry.';

CREATE FUNCTION hub.forget_directory_changes(for_tenant integer, keep interval DEFAULT '3 days')
RETURNS bigint
LANGUAGE sql
SET search_path = hub, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM hub.directory_change WHERE tenant_id = for_tenant AND at < now() - keep RETURNING version
    ), noted AS (
        UPDATE hub.directory_state s SET reload_version = greatest(s.reload_version, g.version)
        FROM (SELECT max(version) AS version FROM gone) g
        WHERE s.tenant_id = for_tenant AND g.version > s.reload_version
    )
    SELECT count(*) FROM gone
$$;

COMMENT ON FUNCTION hub.forget_directory_changes IS 'Retention of hub.directory_change: copies older than what is left have to be read anew. Answers how many rows went.';

CREATE FUNCTION hub.directory_open(for_tenant integer, entries uuid[])
RETURNS SETOF uuid
LANGUAGE plpgsql STABLE
SECURITY DEFINER  -- who looks people up need not see callbacks
SET search_path = hub, pg_temp
AS $$
BEGIN
    IF to_regclass('hub.callback') IS NOT NULL THEN
        RETURN QUERY
        SELECT DISTINCT c.regarding_id FROM hub.callback c
        WHERE c.tenant_id = for_tenant AND c.regarding_id = ANY (entries) AND c.record_state = 'open';
    END IF;
END
$$;

COMMENT ON FUNCTION hub.directory_open IS 'Those of the entries that an open callback is regarding.';
GRANT EXECUTE ON FUNCTION hub.directory_open TO trunkline_call_sync, trunkline_callback_sync, trunkline_operator, trunkline_console;

GRANT SELECT ON hub.directory_entry, hub.directory_number, hub.directory_decision, hub.directory_state TO
    trunkline_user_sync, trunkline_call_sync, trunkline_callback_sync, trunkline_router, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.directory_entry, hub.directory_number TO trunkline_user_sync;
GRANT UPDATE (last_interaction_at) ON hub.directory_entry TO trunkline_call_sync, trunkline_callback_sync;
GRANT INSERT, UPDATE, DELETE ON hub.directory_decision TO trunkline_operator, trunkline_console;

GRANT SELECT ON hub.directory_ambiguity TO
    trunkline_user_sync, trunkline_call_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.directory_ambiguity TO trunkline_call_sync, trunkline_callback_sync;
GRANT DELETE ON hub.directory_ambiguity TO trunkline_user_sync, trunkline_operator, trunkline_console;

GRANT SELECT ON hub.directory_load TO
    trunkline_user_sync, trunkline_call_sync, trunkline_callback_sync, trunkline_console, trunkline_operator, trunkline_monitor;
GRANT INSERT, UPDATE ON hub.directory_load TO trunkline_user_sync;
GRANT UPDATE (resync_wanted, resync_reason) ON hub.directory_load TO trunkline_operator, trunkline_console;

GRANT SELECT ON hub.directory_state TO trunkline_monitor;
GRANT INSERT, UPDATE ON hub.directory_state TO trunkline_user_sync, trunkline_operator, trunkline_console;
GRANT SELECT ON hub.directory_change TO trunkline_router, trunkline_call_sync;
GRANT INSERT ON hub.directory_change TO trunkline_user_sync, trunkline_operator, trunkline_console;
GRANT SELECT, DELETE ON hub.directory_change TO trunkline_user_sync;
GRANT EXECUTE ON FUNCTION hub.directory_changed TO trunkline_user_sync, trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION hub.forget_directory_changes TO trunkline_user_sync;

CREATE TABLE hub.directory_match (
    tenant_id integer PRIMARY KEY REFERENCES hub.tenant,
    version bigint NOT NULL,
    matched_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hub.directory_match IS 'How far earlier calls that were linked to nobody have been compared with what appeared in the directory since.';
COMMENT ON COLUMN hub.directory_match.tenant_id IS 'Whose.';
COMMENT ON COLUMN hub.directory_match.version IS 'Version of hub.directory_state up to which that was done.';
COMMENT ON COLUMN hub.directory_match.matched_at IS 'When it was last done.';

GRANT SELECT, INSERT, UPDATE ON hub.directory_match TO trunkline_call_sync;
GRANT SELECT ON hub.directory_match TO trunkline_console, trunkline_operator, trunkline_monitor;

CREATE VIEW report.directory AS
SELECT
    t.name AS tenant,
    l.entry_table AS dynamics_table,
    l.phase,
    l.entries,
    l.rows_read,
    l.pages_read,
    l.unreadable AS unreadable_numbers,
    l.started_at AS load_started_at,
    l.completed_at AS load_completed_at,
    l.tracked_at,
    l.resync_reason,
    l.error_code
FROM hub.directory_load l
JOIN hub.tenant t USING (tenant_id);

COMMENT ON VIEW report.directory IS 'How current the directory is: one row per tenant and table of Dynamics.';
COMMENT ON COLUMN report.directory.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.directory.dynamics_table IS 'contact, account or lead.';
COMMENT ON COLUMN report.directory.phase IS 'new, loading, sweeping, tracking, off.';
COMMENT ON COLUMN report.directory.entries IS 'Rows of that table the directory knows.';
COMMENT ON COLUMN report.directory.rows_read IS 'Rows read by the last full load and the changes after it.';
COMMENT ON COLUMN report.directory.pages_read IS 'Answers they came in.';
COMMENT ON COLUMN report.directory.unreadable_numbers IS 'Texts in columns for numbers that are none.';
COMMENT ON COLUMN report.directory.load_started_at IS 'Start of the last full load.';
COMMENT ON COLUMN report.directory.load_completed_at IS 'End of the last full load. Null: none has ended yet.';
COMMENT ON COLUMN report.directory.tracked_at IS 'When changes were last asked for with success.';
COMMENT ON COLUMN report.directory.resync_reason IS 'Why the last full load was made.';
COMMENT ON COLUMN report.directory.error_code IS 'Code of the last failure. Null: the last try went well.';
