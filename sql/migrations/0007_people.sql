-- People: Enreach users and the Dynamics users they are. And what an environment of Dynamics was found to be like.

CREATE TABLE hub.dynamics_probe (
    tenant_id integer NOT NULL REFERENCES hub.tenant ON DELETE CASCADE,
    question text COLLATE "C" NOT NULL,
    answer text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, question)
);

COMMENT ON TABLE hub.dynamics_probe IS 'What a tenant''s environment answered to questions that only it can answer; docs/dynamics-solution.md lists them.';
COMMENT ON COLUMN hub.dynamics_probe.tenant_id IS 'Whose environment.';
COMMENT ON COLUMN hub.dynamics_probe.question IS 'What was asked, for example set.queue or navigation.phonecall.enr_bundleid.';
COMMENT ON COLUMN hub.dynamics_probe.answer IS 'The answer as text.';
COMMENT ON COLUMN hub.dynamics_probe.asked_at IS 'When it was last asked.';
COMMENT ON COLUMN hub.dynamics_probe.changed_at IS 'When the answer last changed.';

GRANT SELECT ON hub.dynamics_probe TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.dynamics_probe TO trunkline_user_sync, trunkline_operator;

-- People.

ALTER TABLE hub.tenant ADD COLUMN people_matched_at timestamptz;
COMMENT ON COLUMN hub.tenant.people_matched_at IS 'When user-sync last matched people; call-sync reads them by itself only where that is long ago. Null: never.';
GRANT UPDATE (people_matched_at, setting_version, changed_at) ON hub.tenant TO trunkline_user_sync;

ALTER TABLE hub.person
    ADD COLUMN enreach_email text,
    ADD COLUMN match_state text CHECK (match_state IN ('matched', 'unmatched', 'ambiguous')),
    ADD COLUMN match_reason text,
    ADD COLUMN candidates uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN written_id uuid,
    ADD COLUMN write_error text,
    ADD COLUMN matched_at timestamptz;

COMMENT ON COLUMN hub.person.enreach_email IS 'Enreach User Email in Dynamics. Null: none, the e-mail address counts.';
COMMENT ON COLUMN hub.person.match_state IS 'matched, unmatched or ambiguous. Null: user-sync has not looked yet.';
COMMENT ON COLUMN hub.person.match_reason IS 'Why, as a code; docs/people.md lists them.';
COMMENT ON COLUMN hub.person.candidates IS 'Enreach users that are in question where the state is ambiguous.';
COMMENT ON COLUMN hub.person.written_id IS 'Enreach User Id that the hub itself wrote in Dynamics last. Null: none, or cleared.';
COMMENT ON COLUMN hub.person.write_error IS 'Why Dynamics refused the id when it was last written. Null: it did not.';
COMMENT ON COLUMN hub.person.matched_at IS 'When state or reason last changed.';

CREATE TABLE hub.enreach_user (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    enreach_user_id uuid NOT NULL,
    full_name text NOT NULL,
    email text,
    match_state text NOT NULL CHECK (match_state IN ('matched', 'unmatched', 'ambiguous')),
    match_reason text NOT NULL,
    system_user_id uuid,
    gone_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, enreach_user_id)
);

COMMENT ON TABLE hub.enreach_user IS 'Users of Enreach, and which user of Dynamics each of them is.';
COMMENT ON COLUMN hub.enreach_user.tenant_id IS 'Whose user.';
COMMENT ON COLUMN hub.enreach_user.enreach_user_id IS 'Id in Enreach.';
COMMENT ON COLUMN hub.enreach_user.full_name IS 'Name in Enreach.';
COMMENT ON COLUMN hub.enreach_user.email IS 'E-mail address in Enreach; the log-on name where it has none.';
COMMENT ON COLUMN hub.enreach_user.match_state IS 'matched, unmatched or ambiguous.';
COMMENT ON COLUMN hub.enreach_user.match_reason IS 'Why, as a code; docs/people.md lists them.';
COMMENT ON COLUMN hub.enreach_user.system_user_id IS 'The user of Dynamics. Null unless matched.';
COMMENT ON COLUMN hub.enreach_user.gone_at IS 'When Enreach no longer showed the user. Null: it does.';
COMMENT ON COLUMN hub.enreach_user.changed_at IS 'When the row last changed.';

CREATE TABLE hub.person_choice (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    system_user_id uuid NOT NULL,
    enreach_user_id uuid,
    chosen_by text NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now(),
    note text,
    PRIMARY KEY (tenant_id, system_user_id)
);

CREATE UNIQUE INDEX person_choice_once ON hub.person_choice (tenant_id, enreach_user_id);

COMMENT ON TABLE hub.person_choice IS 'Who is whom by an operator''s word; it wins over every address until it is cleared. hub.operator_action has the history.';
COMMENT ON COLUMN hub.person_choice.tenant_id IS 'Whose user.';
COMMENT ON COLUMN hub.person_choice.system_user_id IS 'The user of Dynamics.';
COMMENT ON COLUMN hub.person_choice.enreach_user_id IS 'The Enreach user. Null: nobody.';
COMMENT ON COLUMN hub.person_choice.chosen_by IS 'Who chose.';
COMMENT ON COLUMN hub.person_choice.chosen_at IS 'When.';
COMMENT ON COLUMN hub.person_choice.note IS 'Why, if they said so.';

GRANT SELECT ON hub.enreach_user TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.enreach_user TO trunkline_user_sync;
GRANT SELECT ON hub.person_choice TO trunkline_user_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.person_choice TO trunkline_console, trunkline_operator;

-- Settings that stand in Dynamics.

CREATE TABLE hub.dynamics_setting (
    tenant_id integer NOT NULL REFERENCES hub.tenant,
    name text NOT NULL,
    value text NOT NULL,
    replaced text,
    problem text,
    changed_by text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, name)
);

COMMENT ON TABLE hub.dynamics_setting IS 'Settings that have a value in Dynamics'' table of settings, as last read; they win over the hub''s own.';
COMMENT ON COLUMN hub.dynamics_setting.tenant_id IS 'Whose setting.';
COMMENT ON COLUMN hub.dynamics_setting.name IS 'Name of the setting; as typed, where the hub knows none of that name.';
COMMENT ON COLUMN hub.dynamics_setting.value IS 'The value as it stands there.';
COMMENT ON COLUMN hub.dynamics_setting.replaced IS 'The hub''s own value that it took the place of, and that comes back when it goes. Null: the default.';
COMMENT ON COLUMN hub.dynamics_setting.problem IS 'Why the value can''t be taken; the hub''s own stays in force. Null: it is in force.';
COMMENT ON COLUMN hub.dynamics_setting.changed_by IS 'Who last changed it in Dynamics.';
COMMENT ON COLUMN hub.dynamics_setting.changed_at IS 'When the row last changed.';

GRANT SELECT ON hub.dynamics_setting TO trunkline_user_sync, trunkline_console, trunkline_operator;
GRANT INSERT, UPDATE, DELETE ON hub.dynamics_setting TO trunkline_user_sync;
GRANT INSERT ON hub.setting TO trunkline_user_sync;
GRANT EXECUTE ON FUNCTION hub.change_setting TO trunkline_user_sync;

CREATE VIEW report.people AS
SELECT
    t.name AS tenant, p.full_name AS name, p.email, p.enreach_email, p.match_state AS state, p.match_reason AS reason,
    e.full_name AS enreach_name, p.mobile_number IS NOT NULL AS has_mobile, p.write_error, p.matched_at
FROM hub.person p
JOIN hub.tenant t USING (tenant_id)
LEFT JOIN hub.enreach_user e ON e.tenant_id = p.tenant_id AND e.enreach_user_id = p.enreach_user_id;

COMMENT ON VIEW report.people IS 'Users of Dynamics, and the Enreach user each of them is, or why none.';
COMMENT ON COLUMN report.people.tenant IS 'Name of the tenant.';
COMMENT ON COLUMN report.people.name IS 'Name in Dynamics.';
COMMENT ON COLUMN report.people.email IS 'E-mail address in Dynamics.';
COMMENT ON COLUMN report.people.enreach_email IS 'Enreach User Email in Dynamics.';
COMMENT ON COLUMN report.people.state IS 'matched, unmatched, ambiguous; null before the first look.';
COMMENT ON COLUMN report.people.reason IS 'Why, as a code.';
COMMENT ON COLUMN report.people.enreach_name IS 'Name of the Enreach user.';
COMMENT ON COLUMN report.people.has_mobile IS 'False: mobile calls of the person find no owner by number.';
COMMENT ON COLUMN report.people.write_error IS 'Why the id could not be written in Dynamics.';
COMMENT ON COLUMN report.people.matched_at IS 'When state or reason last changed.';

-- The story of people.
GRANT EXECUTE ON FUNCTION hub.make_timeline_partitions TO trunkline_user_sync;
