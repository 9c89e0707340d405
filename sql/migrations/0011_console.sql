-- The console: who may sign in, who is signed in, and what slows down those who guess.

CREATE TABLE hub.operator (
    operator_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> '' AND length(name) <= 200 AND name = btrim(name)),
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'administrator')),
    password text CHECK (password ~ '^\$scrypt\$ln=[0-9]+,r=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$'),
    issuer text,
    subject text,
    disabled_at timestamptz,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until timestamptz,
    signed_in_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((issuer IS NULL) = (subject IS NULL)),
    CHECK (password IS NULL OR issuer IS NULL),
    UNIQUE (issuer, subject)
) WITH (fillfactor = 70);

-- Two names that differ in case only would be told apart by nobody.
CREATE UNIQUE INDEX operator_name ON hub.operator (lower(name));

COMMENT ON TABLE hub.operator IS 'Who may sign in to the console. Not a tenant''s: operators serve all of them.';
COMMENT ON COLUMN hub.operator.operator_id IS 'Number of the operator.';
COMMENT ON COLUMN hub.operator.name IS 'Name to sign in with, and the one that hub.operator_action keeps. Of an operator of the identity provider: the name it gave.';
COMMENT ON COLUMN hub.operator.role IS 'viewer: sees everything; operator: acts on jobs and matches, too; administrator: changes settings, rules and operators, too.';
COMMENT ON COLUMN hub.operator.password IS 'scrypt hash with its parameters and salt, in the PHC string format. Null: signs in through the identity provider only.';
COMMENT ON COLUMN hub.operator.issuer IS 'Identity provider that vouches for the operator. Null: a local one.';
COMMENT ON COLUMN hub.operator.subject IS 'The operator''s fixed id at that provider.';
COMMENT ON COLUMN hub.operator.disabled_at IS 'Since when the operator may not sign in. Null: may.';
COMMENT ON COLUMN hub.operator.failures IS 'Wrong passwords since the last right one.';
COMMENT ON COLUMN hub.operator.locked_until IS 'No password is looked at before this. Null: no lock.';
COMMENT ON COLUMN hub.operator.signed_in_at IS 'Last sign-in.';
COMMENT ON COLUMN hub.operator.created_at IS 'When the operator was made.';
COMMENT ON COLUMN hub.operator.created_by IS 'Who made the operator; for one of the identity provider, the provider.';
COMMENT ON COLUMN hub.operator.changed_at IS 'When role, password or being disabled last changed.';

CREATE TABLE hub.operator_session (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    operator_id integer NOT NULL REFERENCES hub.operator ON DELETE CASCADE,
    form_key bytea NOT NULL CHECK (length(form_key) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address text,
    agent text
) WITH (fillfactor = 70);

CREATE INDEX operator_session_operator ON hub.operator_session (operator_id);
CREATE INDEX operator_session_expiry ON hub.operator_session (expires_at);

COMMENT ON TABLE hub.operator_session IS 'Who is signed in to the console. Rows past their time go.';
COMMENT ON COLUMN hub.operator_session.digest IS 'SHA-256 of the token in the browser''s cookie: whoever reads this table can''t become anybody.';
COMMENT ON COLUMN hub.operator_session.operator_id IS 'Whose.';
COMMENT ON COLUMN hub.operator_session.form_key IS 'Key of the tokens in the forms of this session, against forged requests.';
COMMENT ON COLUMN hub.operator_session.created_at IS 'When the operator signed in.';
COMMENT ON COLUMN hub.operator_session.seen_at IS 'Last request, to the minute; a session that is idle for too long ends.';
COMMENT ON COLUMN hub.operator_session.expires_at IS 'When the session ends at the latest.';
COMMENT ON COLUMN hub.operator_session.address IS 'Where the sign-in came from.';
COMMENT ON COLUMN hub.operator_session.agent IS 'What the browser called itself, cut to 200 characters.';

CREATE TABLE hub.operator_guess (
    source text PRIMARY KEY,
    failures integer NOT NULL CHECK (failures > 0),
    locked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

COMMENT ON TABLE hub.operator_guess IS 'Addresses from which wrong names or passwords came; they wait longer with each. Rows go after a day without.';
COMMENT ON COLUMN hub.operator_guess.source IS 'IPv4 address, or the first 64 bits of an IPv6 address.';
COMMENT ON COLUMN hub.operator_guess.failures IS 'Wrong ones since the last right one.';
COMMENT ON COLUMN hub.operator_guess.locked_until IS 'Nothing from there is looked at before this.';
COMMENT ON COLUMN hub.operator_guess.last_at IS 'The last wrong one.';

CREATE TABLE hub.operator_challenge (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    nonce text NOT NULL,
    verifier text NOT NULL,
    return_to text NOT NULL CHECK (return_to ~ '^/([^/\\]|$)'),
    expires_at timestamptz NOT NULL
);

CREATE INDEX operator_challenge_expiry ON hub.operator_challenge (expires_at);

COMMENT ON TABLE hub.operator_challenge IS 'Sign-ins under way at the identity provider: the way there and the way back may reach two instances. Each is used once and lives for minutes.';
COMMENT ON COLUMN hub.operator_challenge.digest IS 'SHA-256 of state and of the cookie that the browser was given before it left.';
COMMENT ON COLUMN hub.operator_challenge.nonce IS 'What the provider''s token must repeat.';
COMMENT ON COLUMN hub.operator_challenge.verifier IS 'The code verifier of PKCE (RFC 7636).';
COMMENT ON COLUMN hub.operator_challenge.return_to IS 'Page of the console that was asked for.';
COMMENT ON COLUMN hub.operator_challenge.expires_at IS 'When the way back is closed.';

-- The console's pages at any size --------------------------------------------------------------------------------------

-- What was done, the newest first: by whom, of a kind, for a tenant.
CREATE INDEX operator_action_who ON hub.operator_action (who, action_id);
CREATE INDEX operator_action_kind ON hub.operator_action (action, action_id);
CREATE INDEX operator_action_tenant ON hub.operator_action (tenant_id, action_id);

-- The last hours of all tenants.
CREATE INDEX call_hour_by_hour ON hub.call_hour (hour);

-- Rights ------------------------------------------------------------------------------------------------------------------

-- The console signs people in; the command makes local operators.
GRANT SELECT ON hub.operator TO trunkline_console;
GRANT SELECT (operator_id, name, role, issuer, subject, disabled_at, failures, locked_until, signed_in_at, created_at, created_by, changed_at)
    ON hub.operator TO trunkline_operator;
GRANT INSERT, UPDATE ON hub.operator TO trunkline_console, trunkline_operator;
GRANT SELECT, INSERT, DELETE ON hub.operator_session TO trunkline_console;
GRANT UPDATE (seen_at) ON hub.operator_session TO trunkline_console;
GRANT SELECT (operator_id, created_at, seen_at, expires_at, address), DELETE ON hub.operator_session TO trunkline_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON hub.operator_guess TO trunkline_console, trunkline_operator;
GRANT SELECT, INSERT, DELETE ON hub.operator_challenge TO trunkline_console;
