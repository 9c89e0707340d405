-- The budget of requests to Dynamics: what all instances of a tenant share of its service protection limits.
--
-- An instance takes the tenant's row, adds what it has spent and learnt, reads what the others have, decides what it may send
-- next, and lets go: a lease of some requests, not a round trip for each. Sums are made by the programs; nothing here is hot.

CREATE TABLE hub.dataverse_budget (
    tenant_id integer PRIMARY KEY REFERENCES hub.tenant ON DELETE CASCADE,
    width double precision NOT NULL DEFAULT 8 CHECK (width >= 1),
    starting boolean NOT NULL DEFAULT true,
    cut_at timestamptz,
    blocked_until timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hub.dataverse_budget IS 'One row per tenant that sends requests to Dynamics; locked while an instance takes a lease.';
COMMENT ON COLUMN hub.dataverse_budget.tenant_id IS 'Whose budget.';
COMMENT ON COLUMN hub.dataverse_budget.width IS 'How many requests all instances together may have in flight; grows while the service is well, halves when it refuses.';
COMMENT ON COLUMN hub.dataverse_budget.starting IS 'True until the first refusal: the width still doubles with each round of answers.';
COMMENT ON COLUMN hub.dataverse_budget.cut_at IS 'When the width was last halved. Null: never.';
COMMENT ON COLUMN hub.dataverse_budget.blocked_until IS 'Nobody sends before this (Retry-After). Null: never was blocked.';
COMMENT ON COLUMN hub.dataverse_budget.changed_at IS 'When an instance last took or gave back a lease.';

CREATE TABLE hub.dataverse_server (
    tenant_id integer NOT NULL REFERENCES hub.tenant ON DELETE CASCADE,
    server text COLLATE "C" NOT NULL,
    told_at timestamptz NOT NULL,
    remaining_seconds double precision,
    remaining_requests integer,
    PRIMARY KEY (tenant_id, server)
);

COMMENT ON TABLE hub.dataverse_server IS 'Web servers of the environment and what each last said is left of its limits.';
COMMENT ON COLUMN hub.dataverse_server.tenant_id IS 'Whose environment.';
COMMENT ON COLUMN hub.dataverse_server.server IS 'The server''s label: the value of its affinity cookie, which is never sent back. Empty: the answer had none.';
COMMENT ON COLUMN hub.dataverse_server.told_at IS 'When it said so.';
COMMENT ON COLUMN hub.dataverse_server.remaining_seconds IS 'Execution time left in its window (x-ms-ratelimit-time-remaining-xrm-requests).';
COMMENT ON COLUMN hub.dataverse_server.remaining_requests IS 'Requests left in its window (x-ms-ratelimit-burst-remaining-xrm-requests).';

CREATE SEQUENCE hub.dataverse_spend_seq;
COMMENT ON SEQUENCE hub.dataverse_spend_seq IS 'Numbers hub.dataverse_spend; within a tenant in the order of commit, since the tenant''s row is locked.';

CREATE TABLE hub.dataverse_spend (
    tenant_id integer NOT NULL REFERENCES hub.tenant ON DELETE CASCADE,
    seq bigint NOT NULL DEFAULT nextval('hub.dataverse_spend_seq'),
    server text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    seconds double precision NOT NULL,
    requests integer NOT NULL,
    PRIMARY KEY (tenant_id, seq)
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.1);

COMMENT ON TABLE hub.dataverse_spend IS 'What was spent on which web server and when; rows older than two windows go.';
COMMENT ON COLUMN hub.dataverse_spend.tenant_id IS 'Whose environment.';
COMMENT ON COLUMN hub.dataverse_spend.seq IS 'Order of arrival: an instance reads what came after the last one it knows.';
COMMENT ON COLUMN hub.dataverse_spend.server IS 'The server''s label, as in hub.dataverse_server.';
COMMENT ON COLUMN hub.dataverse_spend.at IS 'When the requests ended.';
COMMENT ON COLUMN hub.dataverse_spend.seconds IS 'Their execution time together, as the service counts it.';
COMMENT ON COLUMN hub.dataverse_spend.requests IS 'How many they were.';

CREATE TABLE hub.dataverse_lease (
    tenant_id integer NOT NULL REFERENCES hub.tenant ON DELETE CASCADE,
    instance text COLLATE "C" NOT NULL,
    requests integer NOT NULL,
    seconds double precision NOT NULL,
    squares double precision NOT NULL,
    waiting integer[] NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, instance)
);

COMMENT ON TABLE hub.dataverse_lease IS 'What each instance has in flight or may send, and how many requests wait there.';
COMMENT ON COLUMN hub.dataverse_lease.tenant_id IS 'Whose environment.';
COMMENT ON COLUMN hub.dataverse_lease.instance IS 'The instance; a new name each time a program starts.';
COMMENT ON COLUMN hub.dataverse_lease.requests IS 'Requests in flight or granted.';
COMMENT ON COLUMN hub.dataverse_lease.seconds IS 'Execution time they are expected to take together.';
COMMENT ON COLUMN hub.dataverse_lease.squares IS 'The sum of the squares of their single times, for the spread over servers.';
COMMENT ON COLUMN hub.dataverse_lease.waiting IS 'Requests held back there, by lane: live, callback, late, backfill. Less urgent ones of other instances wait for them.';
COMMENT ON COLUMN hub.dataverse_lease.expires_at IS 'An instance that is not heard of until then is gone.';

GRANT SELECT, INSERT, UPDATE ON hub.dataverse_budget, hub.dataverse_server, hub.dataverse_lease TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, INSERT ON hub.dataverse_spend TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT DELETE ON hub.dataverse_server, hub.dataverse_spend, hub.dataverse_lease TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT USAGE ON SEQUENCE hub.dataverse_spend_seq TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT ON hub.dataverse_budget, hub.dataverse_server, hub.dataverse_spend, hub.dataverse_lease TO
    trunkline_console, trunkline_operator, trunkline_monitor;
