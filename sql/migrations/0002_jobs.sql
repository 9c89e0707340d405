-- The job table: work that is promised in one transaction and done in another.
--
-- A job is a row that moves. Each table holds the jobs of one state, so that the tables that are claimed from stay
-- small and nothing on the hot path is updated in place. docs/jobs.md has the picture; a test compares it with the
-- functions below. Which state a job is in is told by the table it stands in, and by nothing else:
--
--     job_ready  may run now          job_lease  is being run             job_done  history, partitioned by day
--     job_later  may run at a time    job_wait   waits for its key        job_dead  gave up; waits for an operator
--
-- Every function that moves jobs deletes them from one table and inserts them into another in one statement.

-- Numbers and names ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE hub.job_seq;
COMMENT ON SEQUENCE hub.job_seq IS 'Gives jobs their id, and a new order number each time they become ready.';

CREATE TABLE hub.job_queue (
    queue_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hub.job_queue IS 'Names of queues. Made on first use; jobs carry the number.';
COMMENT ON COLUMN hub.job_queue.queue_id IS 'Number that jobs carry.';
COMMENT ON COLUMN hub.job_queue.name IS 'Name as the programs know it.';
COMMENT ON COLUMN hub.job_queue.created_at IS 'When it was first used.';

CREATE TABLE hub.job_kind (
    kind_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE hub.job_kind IS 'Names of kinds of jobs: what is to be done. Made on first use; jobs carry the number.';
COMMENT ON COLUMN hub.job_kind.kind_id IS 'Number that jobs carry.';
COMMENT ON COLUMN hub.job_kind.name IS 'Name as the programs know it, for example call.write.';
COMMENT ON COLUMN hub.job_kind.created_at IS 'When it was first used.';

-- The states ----------------------------------------------------------------------------------------------------------

-- No state column, no time, no foreign key, one index to claim by: this table only ever loses rows at its head.
CREATE TABLE hub.job_ready (
    id bigint NOT NULL PRIMARY KEY,
    seq bigint NOT NULL,
    enqueued_at timestamptz NOT NULL DEFAULT now(),
    tenant_id integer NOT NULL,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    lane smallint NOT NULL CHECK (lane BETWEEN 0 AND 15),
    attempts smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL CHECK (max_attempts > 0),
    solo boolean NOT NULL DEFAULT false,
    key_row tid,
    key text COLLATE "C",
    unique_key text COLLATE "C",
    error jsonb,
    payload jsonb NOT NULL
) WITH (
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_threshold = 10000, autovacuum_analyze_scale_factor = 0, vacuum_truncate = false
);
CREATE INDEX job_ready_claim ON hub.job_ready (queue_id, lane, tenant_id, seq);

COMMENT ON TABLE hub.job_ready IS 'Jobs that may run now, and no others.';
COMMENT ON COLUMN hub.job_ready.id IS 'The job''s name for its whole life.';
COMMENT ON COLUMN hub.job_ready.seq IS 'Order within queue, lane and tenant. New each time the job becomes ready, so it also tells one claim of the job from the next.';
COMMENT ON COLUMN hub.job_ready.enqueued_at IS 'When the transaction that enqueued it began.';
COMMENT ON COLUMN hub.job_ready.tenant_id IS 'Whose job (hub.tenant); 0 = the hub''s own.';
COMMENT ON COLUMN hub.job_ready.queue_id IS 'Which queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_ready.kind_id IS 'What is to be done (hub.job_kind).';
COMMENT ON COLUMN hub.job_ready.lane IS 'Smaller runs first: 0 live, 1 callback, 2 late, 3 backfill.';
COMMENT ON COLUMN hub.job_ready.attempts IS 'Attempts so far that count.';
COMMENT ON COLUMN hub.job_ready.max_attempts IS 'After so many attempts the job is dead.';
COMMENT ON COLUMN hub.job_ready.solo IS 'True: an attempt failed together with other jobs (its worker died, its batch failed), so it runs in a batch of its own now.';
COMMENT ON COLUMN hub.job_ready.key_row IS 'Where the key''s row was written in hub.job_key: the finish finds it there without a look into the index. Null, or out of date after the table was rewritten: it is found by the key.';
COMMENT ON COLUMN hub.job_ready.key IS 'Jobs of one tenant with the same key run one after another, in the order they were enqueued.';
COMMENT ON COLUMN hub.job_ready.unique_key IS 'Only one unfinished job of a tenant and kind has this text.';
COMMENT ON COLUMN hub.job_ready.error IS 'Why the last attempt failed: code, message, detail, attempt, at.';
COMMENT ON COLUMN hub.job_ready.payload IS 'What the handler is given.';

CREATE TABLE hub.job_lease (
    LIKE hub.job_ready INCLUDING COMMENTS INCLUDING DEFAULTS,
    worker_id integer NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id)
) WITH (
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_threshold = 10000, autovacuum_analyze_scale_factor = 0, vacuum_truncate = false
);

COMMENT ON TABLE hub.job_lease IS 'Jobs that a worker holds. The worker is leased, not the job: when the worker''s row goes, its jobs go back.';
COMMENT ON COLUMN hub.job_lease.seq IS 'Order number under which the job was claimed; the token that its finish must show.';
COMMENT ON COLUMN hub.job_lease.worker_id IS 'Who holds it (hub.worker).';
COMMENT ON COLUMN hub.job_lease.claimed_at IS 'Since when.';

CREATE TABLE hub.job_later (
    LIKE hub.job_ready INCLUDING COMMENTS INCLUDING DEFAULTS,
    run_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason IN ('scheduled', 'retry', 'snoozed', 'held')),
    has_key boolean NOT NULL,
    PRIMARY KEY (id)
) WITH (
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX job_later_due ON hub.job_later (run_at, id);
CREATE INDEX job_later_held ON hub.job_later (kind_id, tenant_id) WHERE run_at = 'infinity' AND reason = 'held';

COMMENT ON TABLE hub.job_later IS 'Jobs that may not run yet: scheduled, retries, snoozed, and those that a pause holds.';
COMMENT ON COLUMN hub.job_later.run_at IS 'When it becomes ready; infinity = when the pause ends.';
COMMENT ON COLUMN hub.job_later.reason IS 'scheduled: asked for at enqueue. retry: an attempt failed. snoozed: its handler put it off. held: its kind or tenant is paused.';
COMMENT ON COLUMN hub.job_later.has_key IS 'True: it keeps its key meanwhile, and the jobs behind it wait. False: it has no key, or joins the line when it becomes due.';

CREATE TABLE hub.job_wait (
    LIKE hub.job_ready INCLUDING COMMENTS INCLUDING DEFAULTS,
    PRIMARY KEY (id)
) WITH (
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX job_wait_line ON hub.job_wait (key, tenant_id, seq);

COMMENT ON TABLE hub.job_wait IS 'Jobs whose key another job has. The first of a key moves to job_ready when the job before it has finished.';

CREATE TABLE hub.job_dead (
    LIKE hub.job_ready INCLUDING COMMENTS INCLUDING DEFAULTS,
    worker_id integer,
    died_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id)
);
CREATE INDEX job_dead_newest ON hub.job_dead (tenant_id, died_at);

COMMENT ON TABLE hub.job_dead IS 'The dead letter: jobs that used up their attempts or failed for good. Kept until an operator retries or cancels them.';
COMMENT ON COLUMN hub.job_dead.worker_id IS 'Who had it last.';
COMMENT ON COLUMN hub.job_dead.died_at IS 'When it was given up.';

CREATE TABLE hub.job_done (
    id bigint NOT NULL,
    enqueued_at timestamptz NOT NULL,
    claimed_at timestamptz,
    finished_at timestamptz NOT NULL DEFAULT now(),
    tenant_id integer NOT NULL,
    worker_id integer,
    run_ms integer,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    lane smallint NOT NULL,
    attempts smallint NOT NULL,
    outcome text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'cancelled', 'superseded')),
    key text COLLATE "C",
    note text,
    error jsonb,
    payload jsonb NOT NULL
) PARTITION BY RANGE (finished_at);
CREATE INDEX job_done_newest ON hub.job_done (finished_at);
CREATE INDEX job_done_id ON hub.job_done USING brin (id int8_minmax_multi_ops) WITH (pages_per_range = 16);

COMMENT ON TABLE hub.job_done IS 'History: finished jobs. One partition a day (UTC), dropped by retention; rows are never changed.';
COMMENT ON COLUMN hub.job_done.id IS 'The job''s id.';
COMMENT ON COLUMN hub.job_done.enqueued_at IS 'When the transaction that enqueued it began.';
COMMENT ON COLUMN hub.job_done.claimed_at IS 'When it was claimed for the last attempt. Null: it never ran.';
COMMENT ON COLUMN hub.job_done.finished_at IS 'When it finished.';
COMMENT ON COLUMN hub.job_done.tenant_id IS 'Whose job (hub.tenant); 0 = the hub''s own.';
COMMENT ON COLUMN hub.job_done.worker_id IS 'Who finished it. Null: nobody ran it.';
COMMENT ON COLUMN hub.job_done.run_ms IS 'Milliseconds that its handler took; a batch''s time counts for each of its jobs.';
COMMENT ON COLUMN hub.job_done.queue_id IS 'Which queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_done.kind_id IS 'What was done (hub.job_kind).';
COMMENT ON COLUMN hub.job_done.lane IS '0 live, 1 callback, 2 late, 3 backfill.';
COMMENT ON COLUMN hub.job_done.attempts IS 'Attempts that it took, the last one included.';
COMMENT ON COLUMN hub.job_done.outcome IS 'done; cancelled: by its handler or an operator; superseded: a newer job of its key took its place.';
COMMENT ON COLUMN hub.job_done.key IS 'Key by which it was kept in order.';
COMMENT ON COLUMN hub.job_done.note IS 'What its handler or the operator had to say.';
COMMENT ON COLUMN hub.job_done.error IS 'Why the last attempt before this one failed.';
COMMENT ON COLUMN hub.job_done.payload IS 'What the handler was given.';

-- Where a day has no partition yet: a finish must never fail for want of one.
CREATE TABLE hub.job_done_default (LIKE hub.job_done INCLUDING ALL);
ALTER TABLE hub.job_done ATTACH PARTITION hub.job_done_default DEFAULT;
COMMENT ON TABLE hub.job_done_default IS 'Finished jobs of days that have no partition. Should be empty: hub.job_partitions makes them ahead.';

-- What keeps order ----------------------------------------------------------------------------------------------------

CREATE TABLE hub.job_key (
    tenant_id integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    holder bigint,
    PRIMARY KEY (tenant_id, key)
) WITH (
    fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX job_key_free ON hub.job_key (tenant_id, key) WHERE holder IS NULL;

COMMENT ON TABLE hub.job_key IS 'Keys that are taken. Who joins the line of a key holds a key share lock on its row until commit.';
COMMENT ON COLUMN hub.job_key.tenant_id IS 'Whose key.';
COMMENT ON COLUMN hub.job_key.key IS 'The key.';
COMMENT ON COLUMN hub.job_key.holder IS 'The job that has it. Null: it finished while another was joining the line; hub.job_tend hands the key on.';

CREATE TABLE hub.job_unique (
    tenant_id integer NOT NULL,
    kind_id smallint NOT NULL,
    unique_key text COLLATE "C" NOT NULL,
    job_id bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind_id, unique_key)
);

COMMENT ON TABLE hub.job_unique IS 'Unfinished jobs that are there only once.';
COMMENT ON COLUMN hub.job_unique.tenant_id IS 'Whose job.';
COMMENT ON COLUMN hub.job_unique.kind_id IS 'Its kind.';
COMMENT ON COLUMN hub.job_unique.unique_key IS 'The text that is unique within tenant and kind.';
COMMENT ON COLUMN hub.job_unique.job_id IS 'The job that has it.';

CREATE TABLE hub.job_pause (
    kind_id smallint,
    tenant_id integer,
    reason text,
    paused_by text NOT NULL DEFAULT session_user,
    paused_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (kind_id, tenant_id)
);

COMMENT ON TABLE hub.job_pause IS 'What is paused: no job that a row fits is claimed.';
COMMENT ON COLUMN hub.job_pause.kind_id IS 'Kind that is paused. Null: every kind.';
COMMENT ON COLUMN hub.job_pause.tenant_id IS 'Tenant whose jobs are paused. Null: every tenant.';
COMMENT ON COLUMN hub.job_pause.reason IS 'Why, in the operator''s words.';
COMMENT ON COLUMN hub.job_pause.paused_by IS 'Who paused it.';
COMMENT ON COLUMN hub.job_pause.paused_at IS 'Since when.';

-- Who works -----------------------------------------------------------------------------------------------------------

CREATE TABLE hub.worker (
    worker_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    program text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    queue_id smallint NOT NULL,
    slots integer NOT NULL,
    lease interval NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    draining boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);

COMMENT ON TABLE hub.worker IS 'Workers at work. A worker that does not beat until expires_at is lost: its row is deleted and others take its jobs.';
COMMENT ON COLUMN hub.worker.worker_id IS 'Number of the worker, never used twice.';
COMMENT ON COLUMN hub.worker.program IS 'Which program.';
COMMENT ON COLUMN hub.worker.host IS 'On which machine.';
COMMENT ON COLUMN hub.worker.pid IS 'Process there.';
COMMENT ON COLUMN hub.worker.queue_id IS 'The queue it works on (hub.job_queue).';
COMMENT ON COLUMN hub.worker.slots IS 'Handler calls that it runs at once.';
COMMENT ON COLUMN hub.worker.lease IS 'How long a beat is good for.';
COMMENT ON COLUMN hub.worker.started_at IS 'When it began.';
COMMENT ON COLUMN hub.worker.beat_at IS 'Last beat.';
COMMENT ON COLUMN hub.worker.expires_at IS 'When it counts as lost.';
COMMENT ON COLUMN hub.worker.draining IS 'True: it is stopping and claims no more.';

CREATE UNLOGGED TABLE hub.job_bell (
    queue_id smallint PRIMARY KEY,
    asleep_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.job_bell IS 'Queues on which a worker sleeps. Ringing deletes the row, so nobody is notified while all are busy.';
COMMENT ON COLUMN hub.job_bell.queue_id IS 'Queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_bell.asleep_at IS 'Since when somebody sleeps.';

CREATE TABLE hub.job_chore (
    name text PRIMARY KEY,
    every interval NOT NULL,
    next_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);

COMMENT ON TABLE hub.job_chore IS 'What some worker has to do now and then. Whoever finds a chore due first does it; there is no leader.';
COMMENT ON COLUMN hub.job_chore.name IS 'promote: due jobs become ready. rescue: jobs of lost workers go back. keys: keys left between two jobs are handed on, and jobs that nothing holds any more become due. lines: lines without a key go on. schedule: periodic jobs are enqueued. depth: hub.job_depth is counted. compact: hub.job_compact is called.';
COMMENT ON COLUMN hub.job_chore.every IS 'How often.';
COMMENT ON COLUMN hub.job_chore.next_at IS 'When it is due.';

INSERT INTO hub.job_chore (name, every) VALUES
    ('promote', '500 ms'), ('rescue', '1 s'), ('keys', '1 s'), ('lines', '5 s'), ('schedule', '500 ms'), ('depth', '10 s'), ('compact', '10 s');

CREATE TABLE hub.schedule (
    schedule_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id integer NOT NULL DEFAULT 0,
    name text NOT NULL,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    lane smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL DEFAULT 20,
    payload jsonb NOT NULL DEFAULT '{}',
    every interval CHECK (every >= '100 ms'),
    at time,
    time_zone text NOT NULL DEFAULT 'UTC',
    catch_up boolean NOT NULL DEFAULT false,
    overlap boolean NOT NULL DEFAULT false,
    enabled boolean NOT NULL DEFAULT true,
    next_at timestamptz NOT NULL,
    last_slot timestamptz,
    fired bigint NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, name),
    CHECK ((every IS NULL) <> (at IS NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);

COMMENT ON TABLE hub.schedule IS 'Periodic jobs. A slot is fired by the transaction that moves next_at past it, so exactly once however many workers there are.';
COMMENT ON COLUMN hub.schedule.schedule_id IS 'Number of the schedule.';
COMMENT ON COLUMN hub.schedule.tenant_id IS 'Whose jobs; 0 = the hub''s own.';
COMMENT ON COLUMN hub.schedule.name IS 'Name, unique within the tenant.';
COMMENT ON COLUMN hub.schedule.queue_id IS 'Queue of its jobs.';
COMMENT ON COLUMN hub.schedule.kind_id IS 'Kind of its jobs.';
COMMENT ON COLUMN hub.schedule.lane IS 'Lane of its jobs.';
COMMENT ON COLUMN hub.schedule.max_attempts IS 'Attempts of its jobs.';
COMMENT ON COLUMN hub.schedule.payload IS 'Payload of its jobs; "slot" is added to it.';
COMMENT ON COLUMN hub.schedule.every IS 'Distance of the slots; they stand on multiples of it. Null: daily, at.';
COMMENT ON COLUMN hub.schedule.at IS 'Time of day in time_zone. Null: every.';
COMMENT ON COLUMN hub.schedule.time_zone IS 'Time zone of at.';
COMMENT ON COLUMN hub.schedule.catch_up IS 'True: slots missed while nothing ran are fired one by one. False: only the newest of them.';
COMMENT ON COLUMN hub.schedule.overlap IS 'False: a slot is passed over while the job of an earlier one is unfinished.';
COMMENT ON COLUMN hub.schedule.enabled IS 'False: no slot is fired.';
COMMENT ON COLUMN hub.schedule.next_at IS 'The next slot.';
COMMENT ON COLUMN hub.schedule.last_slot IS 'The slot that was fired last.';
COMMENT ON COLUMN hub.schedule.fired IS 'Slots fired so far.';

-- What is counted -----------------------------------------------------------------------------------------------------

CREATE TABLE hub.job_stat (
    minute timestamptz NOT NULL,
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    worker_id integer NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    retried bigint NOT NULL DEFAULT 0,
    snoozed bigint NOT NULL DEFAULT 0,
    returned bigint NOT NULL DEFAULT 0,
    dead bigint NOT NULL DEFAULT 0,
    cancelled bigint NOT NULL DEFAULT 0,
    wait_ms bigint NOT NULL DEFAULT 0,
    run_ms bigint NOT NULL DEFAULT 0,
    wait_buckets bigint[] NOT NULL DEFAULT '{0,0,0,0,0,0,0,0,0,0,0,0}',
    run_buckets bigint[] NOT NULL DEFAULT '{0,0,0,0,0,0,0,0,0,0,0,0}',
    PRIMARY KEY (minute, queue_id, kind_id, worker_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.job_stat IS 'What each worker did in each minute, written with each batch: charts and reports read this and never count jobs.';
COMMENT ON COLUMN hub.job_stat.minute IS 'Beginning of the minute.';
COMMENT ON COLUMN hub.job_stat.queue_id IS 'Queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_stat.kind_id IS 'Kind (hub.job_kind).';
COMMENT ON COLUMN hub.job_stat.worker_id IS 'Worker; workers that are gone keep their number.';
COMMENT ON COLUMN hub.job_stat.done IS 'Jobs done.';
COMMENT ON COLUMN hub.job_stat.retried IS 'Attempts that failed and are tried again.';
COMMENT ON COLUMN hub.job_stat.snoozed IS 'Jobs put off by their handler.';
COMMENT ON COLUMN hub.job_stat.returned IS 'Jobs handed back unfinished: the worker stopped.';
COMMENT ON COLUMN hub.job_stat.dead IS 'Jobs given up.';
COMMENT ON COLUMN hub.job_stat.cancelled IS 'Jobs cancelled by their handler.';
COMMENT ON COLUMN hub.job_stat.wait_ms IS 'Milliseconds from enqueue to claim, all jobs done together.';
COMMENT ON COLUMN hub.job_stat.run_ms IS 'Milliseconds that handlers took, all jobs done together.';
COMMENT ON COLUMN hub.job_stat.wait_buckets IS 'Jobs done by wait: under 1, 3, 10, 30, 100, 300 ms, 1, 3, 10, 30, 100 s, longer.';
COMMENT ON COLUMN hub.job_stat.run_buckets IS 'Jobs done by run time, same bounds.';

CREATE TABLE hub.job_depth (
    queue_id smallint NOT NULL,
    kind_id smallint NOT NULL,
    lane smallint NOT NULL,
    state text NOT NULL,
    jobs bigint NOT NULL,
    oldest_at timestamptz NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (queue_id, kind_id, lane, state)
) WITH (fillfactor = 50);

COMMENT ON TABLE hub.job_depth IS 'How many jobs stood in each state when a worker last counted them (every 10 s, less often when counting takes long).';
COMMENT ON COLUMN hub.job_depth.queue_id IS 'Queue (hub.job_queue).';
COMMENT ON COLUMN hub.job_depth.kind_id IS 'Kind (hub.job_kind).';
COMMENT ON COLUMN hub.job_depth.lane IS 'Lane.';
COMMENT ON COLUMN hub.job_depth.state IS 'State as in hub.jobs.';
COMMENT ON COLUMN hub.job_depth.jobs IS 'How many.';
COMMENT ON COLUMN hub.job_depth.oldest_at IS 'When the oldest of them was enqueued.';
COMMENT ON COLUMN hub.job_depth.counted_at IS 'When they were counted.';

-- One table for people ------------------------------------------------------------------------------------------------

CREATE VIEW hub.jobs AS
SELECT j.state, j.id, q.name AS queue, k.name AS kind, j.tenant_id, j.lane, j.key, j.attempts, j.max_attempts,
       j.enqueued_at, j.at, j.worker_id, j.note, j.error, j.payload, j.unique_key
FROM (
    SELECT CASE WHEN EXISTS (SELECT FROM hub.job_pause p WHERE (p.kind_id IS NULL OR p.kind_id = r.kind_id)
                                                           AND (p.tenant_id IS NULL OR p.tenant_id = r.tenant_id))
                THEN 'held' ELSE 'ready' END AS state,
           id, queue_id, kind_id, tenant_id, lane, key, attempts, max_attempts, enqueued_at, NULL::timestamptz AS at,
           NULL::integer AS worker_id, NULL::text AS note, error, payload, unique_key FROM hub.job_ready r
    UNION ALL
    SELECT reason, id, queue_id, kind_id, tenant_id, lane, key, attempts, max_attempts, enqueued_at, run_at,
           NULL, NULL, error, payload, unique_key FROM hub.job_later
    UNION ALL
    SELECT 'waiting', id, queue_id, kind_id, tenant_id, lane, key, attempts, max_attempts, enqueued_at, NULL,
           NULL, NULL, error, payload, unique_key FROM hub.job_wait
    UNION ALL
    SELECT 'running', id, queue_id, kind_id, tenant_id, lane, key, attempts, max_attempts, enqueued_at, claimed_at,
           worker_id, NULL, error, payload, unique_key FROM hub.job_lease
    UNION ALL
    SELECT 'dead', id, queue_id, kind_id, tenant_id, lane, key, attempts, max_attempts, enqueued_at, died_at,
           worker_id, NULL, error, payload, unique_key FROM hub.job_dead
    UNION ALL
    SELECT outcome, id, queue_id, kind_id, tenant_id, lane, key, attempts, NULL, enqueued_at, finished_at,
           worker_id, note, error, payload, NULL FROM hub.job_done
) AS j
JOIN hub.job_queue q USING (queue_id)
JOIN hub.job_kind k USING (kind_id);

COMMENT ON VIEW hub.jobs IS 'All jobs as one table, for people. No program reads it on its hot path; don''t count it, hub.job_stat and hub.job_depth have the figures.';
COMMENT ON COLUMN hub.jobs.state IS 'ready, running, waiting (its key is busy), scheduled, retry, snoozed, held (paused), dead, done, cancelled, superseded.';
COMMENT ON COLUMN hub.jobs.id IS 'The job''s id.';
COMMENT ON COLUMN hub.jobs.queue IS 'Name of its queue.';
COMMENT ON COLUMN hub.jobs.kind IS 'Name of its kind.';
COMMENT ON COLUMN hub.jobs.tenant_id IS 'Whose job; 0 = the hub''s own.';
COMMENT ON COLUMN hub.jobs.lane IS '0 live, 1 callback, 2 late, 3 backfill.';
COMMENT ON COLUMN hub.jobs.key IS 'Key by which it is kept in order.';
COMMENT ON COLUMN hub.jobs.attempts IS 'Attempts so far that count.';
COMMENT ON COLUMN hub.jobs.max_attempts IS 'Attempts after which it is dead.';
COMMENT ON COLUMN hub.jobs.enqueued_at IS 'When it was enqueued.';
COMMENT ON COLUMN hub.jobs.at IS 'When it becomes due, was claimed, died or finished, by its state.';
COMMENT ON COLUMN hub.jobs.worker_id IS 'Who has it or had it.';
COMMENT ON COLUMN hub.jobs.note IS 'What its handler or the operator had to say.';
COMMENT ON COLUMN hub.jobs.error IS 'Why the last failed attempt failed.';
COMMENT ON COLUMN hub.jobs.payload IS 'What the handler is given.';
COMMENT ON COLUMN hub.jobs.unique_key IS 'Text that makes it unique while unfinished.';

-- Enqueue -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_queue_id(p_name text) RETURNS smallint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    found smallint;
BEGIN
    LOOP
        SELECT queue_id INTO found FROM hub.job_queue WHERE name = p_name;
        IF found IS NOT NULL THEN RETURN found; END IF;
        INSERT INTO hub.job_queue (name) VALUES (p_name) ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
COMMENT ON FUNCTION hub.job_queue_id IS 'Number of a queue, which is made if it is new.';

CREATE FUNCTION hub.job_kind_id(p_name text) RETURNS smallint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    found smallint;
BEGIN
    LOOP
        SELECT kind_id INTO found FROM hub.job_kind WHERE name = p_name;
        IF found IS NOT NULL THEN RETURN found; END IF;
        INSERT INTO hub.job_kind (name) VALUES (p_name) ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
COMMENT ON FUNCTION hub.job_kind_id IS 'Number of a kind, which is made if it is new.';

-- A job joins the line of its key: at its head it is ready, behind others it waits.
CREATE FUNCTION hub.job_join(p_job hub.job_ready) RETURNS void LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
BEGIN
    LOOP
        EXIT WHEN p_job.key IS NULL;
        INSERT INTO hub.job_key (tenant_id, key, holder) VALUES (p_job.tenant_id, p_job.key, p_job.id) ON CONFLICT DO NOTHING
        RETURNING ctid INTO p_job.key_row;
        EXIT WHEN FOUND;

        -- Somebody has the key. The lock tells whoever finishes now that a job it can't see yet is joining (hub.job_pass).
        PERFORM FROM hub.job_key k WHERE k.tenant_id = p_job.tenant_id AND k.key = p_job.key FOR KEY SHARE;
        IF FOUND THEN
            INSERT INTO hub.job_wait SELECT (p_job).*;
            RETURN;
        END IF;
    END LOOP;
    INSERT INTO hub.job_ready SELECT (p_job).*;
END $$;
COMMENT ON FUNCTION hub.job_join IS 'Puts a job, with the order number it carries, into job_ready, or into job_wait when its key is busy.';

CREATE FUNCTION hub.job_add(
    kind text, tenant_id integer, payload jsonb DEFAULT '{}', key text DEFAULT NULL, newest_only boolean DEFAULT false,
    unique_key text DEFAULT NULL, lane smallint DEFAULT 0, run_at timestamptz DEFAULT NULL,
    max_attempts smallint DEFAULT 20, queue text DEFAULT 'default'
) RETURNS bigint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
#variable_conflict use_column
DECLARE
    job hub.job_ready;
    other bigint;
BEGIN
    job.id := nextval('hub.job_seq');
    job.seq := job.id;
    job.enqueued_at := now();
    job.tenant_id := job_add.tenant_id;
    job.queue_id := hub.job_queue_id(job_add.queue);
    job.kind_id := hub.job_kind_id(job_add.kind);
    job.lane := job_add.lane;
    job.attempts := 0;
    job.max_attempts := job_add.max_attempts;
    job.solo := false;
    job.key := job_add.key;
    job.unique_key := job_add.unique_key;
    job.payload := job_add.payload;

    LOOP
        EXIT WHEN job.unique_key IS NULL;
        INSERT INTO hub.job_unique (tenant_id, kind_id, unique_key, job_id)
        VALUES (job.tenant_id, job.kind_id, job.unique_key, job.id) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
        SELECT u.job_id INTO other FROM hub.job_unique u
        WHERE u.tenant_id = job.tenant_id AND u.kind_id = job.kind_id AND u.unique_key = job.unique_key;
        IF FOUND THEN RETURN other; END IF;
    END LOOP;

    IF job_add.run_at > now() THEN
        INSERT INTO hub.job_later SELECT (job).*, job_add.run_at, 'scheduled', false;
        RETURN job.id;
    END IF;

    PERFORM hub.job_join(job);
    IF newest_only AND job.key IS NOT NULL THEN
        PERFORM hub.job_supersede(job.id, job.tenant_id, job.kind_id, job.key);
    END IF;
    RETURN job.id;
END $$;
COMMENT ON FUNCTION hub.job_add IS 'Enqueues one job in the caller''s transaction and returns its id; with unique_key the id of the unfinished job that has it already. newest_only: jobs of the same key and kind that still wait are superseded. Call hub.job_ring(queue) after the commit, or leave it to polling.';

CREATE FUNCTION hub.job_supersede(p_id bigint, p_tenant integer, p_kind smallint, p_key text)
RETURNS void LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    uniques text[];
BEGIN
    WITH older AS MATERIALIZED (
        SELECT w.id FROM hub.job_wait w
        WHERE w.tenant_id = p_tenant AND w.key = p_key AND w.kind_id = p_kind AND w.id < p_id
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM hub.job_wait w USING older o WHERE w.id = o.id RETURNING w.*
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, outcome, key, note, error, payload)
        SELECT id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, 'superseded', key, 'by job ' || p_id, error, payload
        FROM gone
    )
    SELECT array_agg(unique_key) FILTER (WHERE unique_key IS NOT NULL) INTO uniques FROM gone;
    DELETE FROM hub.job_unique u WHERE u.tenant_id = p_tenant AND u.kind_id = p_kind AND u.unique_key = ANY (uniques);
END $$;
COMMENT ON FUNCTION hub.job_supersede IS 'Ends the jobs of a key and kind that still wait and are older than the job given.';

CREATE FUNCTION hub.job_enqueue(
    p_queues text[], p_kinds text[], p_tenants integer[], p_lanes smallint[], p_max_attempts smallint[], p_payloads jsonb[],
    p_keys text[] DEFAULT NULL, p_newest_only boolean[] DEFAULT NULL, p_unique_keys text[] DEFAULT NULL,
    p_run_ats timestamptz[] DEFAULT NULL
) RETURNS bigint[] LANGUAGE plpgsql SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids bigint[];
    job record;
BEGIN
    -- Jobs without key, unique key and time, which are most, go in together.
    IF p_keys IS NULL AND p_unique_keys IS NULL AND p_run_ats IS NULL THEN
        WITH new AS (
            INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
            SELECT n, n, n.tenant_id, coalesce(q.queue_id, hub.job_queue_id(n.queue)),
                   coalesce(k.kind_id, hub.job_kind_id(n.kind)), n.lane, n.max_attempts, n.payload
            FROM (SELECT nextval('hub.job_seq') AS n, j.*
                  FROM unnest(p_queues, p_kinds, p_tenants, p_lanes, p_max_attempts, p_payloads)
                       AS j (queue, kind, tenant_id, lane, max_attempts, payload)) AS n
            LEFT JOIN hub.job_queue q ON q.name = n.queue
            LEFT JOIN hub.job_kind k ON k.name = n.kind
            RETURNING id
        )
        SELECT array_agg(id ORDER BY id) INTO ids FROM new;
        RETURN ids;
    END IF;

    -- The others one by one, in the order of their keys: two callers with the same keys can't wait for each other.
    FOR job IN
        SELECT j.* FROM unnest(p_queues, p_kinds, p_tenants, p_lanes, p_max_attempts, p_payloads, p_keys, p_newest_only,
                               p_unique_keys, p_run_ats) WITH ORDINALITY
            AS j (queue, kind, tenant_id, lane, max_attempts, payload, key, newest_only, unique_key, run_at, place)
        ORDER BY j.unique_key COLLATE "C", j.tenant_id, j.key COLLATE "C", j.place
    LOOP
        ids[job.place] := hub.job_add(job.kind, job.tenant_id, job.payload, job.key, coalesce(job.newest_only, false),
            job.unique_key, job.lane, job.run_at, job.max_attempts, job.queue);
    END LOOP;
    RETURN ids;
END $$;
COMMENT ON FUNCTION hub.job_enqueue IS 'Enqueues many jobs in the caller''s transaction and returns their ids in the same order. Where a whole array is null no job has that property.';

-- Wake-up -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_ring_queue(p_queue smallint) RETURNS boolean LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
BEGIN
    -- Looking first costs less than a DELETE that finds nothing: while all are busy this is all that happens.
    PERFORM FROM hub.job_bell WHERE queue_id = p_queue;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM hub.job_bell WHERE queue_id = p_queue;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM pg_notify('trunkline_jobs', p_queue::text);
    RETURN true;
END $$;
COMMENT ON FUNCTION hub.job_ring_queue IS 'Wakes the workers of a queue if one of them sleeps. Call it after the commit of an enqueue, in a transaction of its own: a transaction that notifies can''t share its flush to disk with others.';

CREATE FUNCTION hub.job_ring(p_queue text) RETURNS boolean LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
BEGIN
    RETURN hub.job_ring_queue((SELECT q.queue_id FROM hub.job_queue q WHERE q.name = p_queue));
END $$;
COMMENT ON FUNCTION hub.job_ring IS 'hub.job_ring_queue by the name of the queue.';

CREATE FUNCTION hub.job_sleep(p_queue smallint) RETURNS void LANGUAGE sql SET search_path = hub, pg_temp AS $$
    INSERT INTO hub.job_bell (queue_id) VALUES (p_queue) ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION hub.job_sleep IS 'Says that a worker of the queue is about to sleep. It looks for jobs once more after this, and only then sleeps.';

-- Claim ---------------------------------------------------------------------------------------------------------------

-- The planner is told to use the indexes whatever the statistics say: these tables swing between nothing and a million
-- rows in a minute, and statistics can't follow.

CREATE FUNCTION hub.job_lines(p_queue smallint)
RETURNS TABLE (lane smallint, tenant_id integer, first_seq bigint) LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE line AS (
        (SELECT j.lane, j.tenant_id, j.seq FROM hub.job_ready j
         WHERE j.queue_id = p_queue ORDER BY j.lane, j.tenant_id, j.seq LIMIT 1)
        UNION ALL
        SELECT next.lane, next.tenant_id, next.seq FROM line CROSS JOIN LATERAL (
            SELECT j.lane, j.tenant_id, j.seq FROM hub.job_ready j
            WHERE j.queue_id = p_queue AND (j.lane, j.tenant_id) > (line.lane, line.tenant_id)
            ORDER BY j.lane, j.tenant_id, j.seq LIMIT 1) AS next
    )
    SELECT line.lane, line.tenant_id, line.seq FROM line
    WHERE NOT EXISTS (SELECT FROM hub.job_pause p WHERE p.kind_id IS NULL AND (p.tenant_id IS NULL OR p.tenant_id = line.tenant_id))
      AND NOT EXISTS (SELECT FROM hub.tenant t WHERE t.tenant_id = line.tenant_id AND NOT t.enabled);
END $$;
COMMENT ON FUNCTION hub.job_lines IS 'The lines of a queue, one per lane and tenant that has ready jobs, with the order number of the first job in it. Jumps from line to line in the index, so it takes as many steps as there are lines. Lines of tenants that are paused or switched off are left out.';

CREATE FUNCTION hub.job_claim(
    p_worker integer, p_queue smallint, p_most integer,
    p_lanes smallint[], p_tenants integer[], p_lows bigint[], p_limits integer[], p_thorough boolean[] DEFAULT NULL
) RETURNS TABLE (
    id bigint, seq bigint, enqueued_at timestamptz, tenant_id integer, kind_id smallint, lane smallint,
    attempts smallint, max_attempts smallint, solo boolean, held boolean, key text, payload jsonb
) LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH picked AS MATERIALIZED (
        SELECT head.place
        FROM unnest(p_lanes, p_tenants, p_lows, p_limits, p_thorough) WITH ORDINALITY
             AS line (lane, tenant_id, low, most, thorough, turn)
        CROSS JOIN LATERAL (
            SELECT j.ctid AS place FROM hub.job_ready j
            WHERE j.queue_id = p_queue AND j.lane = line.lane AND j.tenant_id = line.tenant_id AND j.seq > line.low
              -- Others are at it or were: to find out which costs more than the claim of a job.
              AND (j.xmax = '0'::xid OR coalesce(line.thorough, true))
            ORDER BY j.seq LIMIT line.most FOR UPDATE SKIP LOCKED) AS head
        WHERE EXISTS (SELECT FROM hub.worker w WHERE w.worker_id = p_worker AND NOT w.draining)
        ORDER BY line.turn LIMIT p_most
    ), gone AS (
        DELETE FROM hub.job_ready j WHERE j.ctid = ANY (ARRAY (SELECT place FROM picked))
        RETURNING j.*, EXISTS (SELECT FROM hub.job_pause p WHERE (p.kind_id IS NULL OR p.kind_id = j.kind_id)
                                                             AND (p.tenant_id IS NULL OR p.tenant_id = j.tenant_id)) AS held
    ), leased AS (
        INSERT INTO hub.job_lease (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key_row, key, unique_key, error, payload, worker_id)
        SELECT id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key_row, key, unique_key, error, payload, p_worker
        FROM gone WHERE NOT held
    ), put_off AS (
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload, run_at, reason, has_key)
        SELECT id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload, 'infinity', 'held', key IS NOT NULL
        FROM gone WHERE held
    )
    SELECT g.id, g.seq, g.enqueued_at, g.tenant_id, g.kind_id, g.lane, g.attempts, g.max_attempts, g.solo, g.held, g.key,
           CASE WHEN NOT g.held THEN g.payload END
    FROM gone g;
END $$;
COMMENT ON FUNCTION hub.job_claim IS 'Gives a worker up to p_most jobs from the lines named, in the order named, from each line only above its low-water mark and only so many. From a line that is not thorough (null: all are) it takes no job that another transaction has touched, even one that was rolled back: claim thoroughly after each look, or such jobs stay. A job whose kind or tenant is paused goes to job_later instead and is returned with held.';

-- Finish --------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_buckets(p_ms double precision[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    bounds CONSTANT double precision[] := '{1,3,10,30,100,300,1000,3000,10000,30000,100000}';
BEGIN
    RETURN (SELECT array_agg(coalesce(counted.jobs, 0) ORDER BY bucket)
            FROM generate_series(0, 11) AS bucket
            LEFT JOIN (SELECT width_bucket(ms, bounds) AS bucket, count(*) AS jobs FROM unnest(p_ms) AS ms GROUP BY 1) AS counted
            USING (bucket));
END $$;
COMMENT ON FUNCTION hub.job_buckets IS 'Histogram of times in milliseconds: under 1, 3, 10, 30, 100, 300 ms, 1, 3, 10, 30, 100 s, longer.';

CREATE FUNCTION hub.job_add_buckets(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY[a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6],
                 a[7] + b[7], a[8] + b[8], a[9] + b[9], a[10] + b[10], a[11] + b[11], a[12] + b[12]];
END $$;
COMMENT ON FUNCTION hub.job_add_buckets IS 'Adds two histograms.';

CREATE FUNCTION hub.job_backoff(p_attempts integer) RETURNS interval LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT least(2.0 ^ least(greatest(p_attempts, 1) - 1, 20), 3600) * (0.75 + random() * 0.5) * interval '1 second'
$$;
COMMENT ON FUNCTION hub.job_backoff IS 'How long to wait after so many attempts that failed: 1 s, doubled each time up to an hour, a quarter more or less at random.';

CREATE FUNCTION hub.job_advance(p_tenants integer[], p_keys text[]) RETURNS bigint LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    advanced bigint;
BEGIN
    WITH first AS MATERIALIZED (
        SELECT head.place FROM unnest(p_tenants, p_keys) AS f (tenant_id, key)
        CROSS JOIN LATERAL (
            SELECT w.ctid AS place FROM hub.job_wait w WHERE w.tenant_id = f.tenant_id AND w.key = f.key
            ORDER BY w.seq LIMIT 1) AS head
    ), gone AS (
        DELETE FROM hub.job_wait w WHERE w.ctid = ANY (ARRAY (SELECT place FROM first)) RETURNING w.*
    ), taken AS (
        INSERT INTO hub.job_key (tenant_id, key, holder) SELECT g.tenant_id, g.key, g.id FROM gone g
    )
    INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                               key, unique_key, error, payload)
    SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
           key, unique_key, error, payload
    FROM gone;
    GET DIAGNOSTICS advanced = ROW_COUNT;
    RETURN advanced;
END $$;
COMMENT ON FUNCTION hub.job_advance IS 'The first job in line of each key, which nobody may have, takes it and becomes ready. Returns how many jobs did.';

-- Keys of finished jobs go to the next in line. Works on keys, not on jobs, so that hub.job_tend can call it too.
--
-- The order is what makes it right: free the key first, look for the next in line after that, in a statement of its own. Nobody
-- can join a line whose key is being freed without waiting for us, and whoever joined before has committed and is seen.
CREATE FUNCTION hub.job_pass(p_tenants integer[], p_keys text[], p_rows tid[] DEFAULT '{}', p_holders bigint[] DEFAULT '{}')
RETURNS bigint LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET lock_timeout = '10ms' AS $$
DECLARE
    tenants integer[] := p_tenants;
    keys text[] := p_keys;
    freed bigint;
BEGIN
    BEGIN
        -- IS TRUE keeps the planner from making a join of it, which would be a nested loop: so it is one hash of the holders.
        DELETE FROM hub.job_key k WHERE k.ctid = ANY (p_rows) AND (k.holder IN (SELECT unnest(p_holders))) IS TRUE;
        GET DIAGNOSTICS freed = ROW_COUNT;
        IF freed < cardinality(p_keys) THEN
            DELETE FROM hub.job_key k USING unnest(p_tenants, p_keys) AS f (tenant_id, key)
            WHERE k.tenant_id = f.tenant_id AND k.key = f.key;
        END IF;
    EXCEPTION WHEN lock_not_available THEN
        -- Somebody is joining one of the lines in a long transaction. We don't wait for it: its key is marked, and
        -- hub.job_tend hands it on.
        WITH free AS MATERIALIZED (
            SELECT k.ctid AS place FROM unnest(p_tenants, p_keys) AS f (tenant_id, key)
            JOIN hub.job_key k ON k.tenant_id = f.tenant_id AND k.key = f.key
            FOR UPDATE OF k SKIP LOCKED
        ), gone AS (
            DELETE FROM hub.job_key k WHERE k.ctid = ANY (ARRAY (SELECT place FROM free)) RETURNING k.tenant_id, k.key
        )
        SELECT array_agg(g.tenant_id), array_agg(g.key) INTO tenants, keys FROM gone g;
        UPDATE hub.job_key k SET holder = NULL FROM unnest(p_tenants, p_keys) AS f (tenant_id, key)
        WHERE k.tenant_id = f.tenant_id AND k.key = f.key;
    END;

    -- Mostly nobody waits behind any of them: one look for all of them tells.
    PERFORM FROM hub.job_wait w WHERE w.key = ANY (keys) LIMIT 1;
    RETURN CASE WHEN FOUND THEN hub.job_advance(tenants, keys) ELSE 0 END;
END $$;
COMMENT ON FUNCTION hub.job_pass IS 'Hands keys whose job has finished to the next job in line, or frees them. p_rows, p_holders: where the rows of the keys may stand and jobs that may hold them, as far as known; it spares the look into the index. Returns how many jobs became ready.';

CREATE FUNCTION hub.job_release(p_tenants integer[], p_kinds smallint[], p_unique_keys text[]) RETURNS void LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    DELETE FROM hub.job_unique u USING unnest(p_tenants, p_kinds, p_unique_keys) AS f (tenant_id, kind_id, unique_key)
    WHERE u.tenant_id = f.tenant_id AND u.kind_id = f.kind_id AND u.unique_key = f.unique_key;
END $$;
COMMENT ON FUNCTION hub.job_release IS 'Lets go of the unique keys of finished jobs.';

CREATE FUNCTION hub.job_complete(p_worker integer, p_ids bigint[], p_seqs bigint[], p_run_ms integer[], p_notes text[] DEFAULT NULL)
RETURNS bigint[] LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    ended record;
BEGIN
    WITH gone AS (
        DELETE FROM hub.job_lease l USING unnest(p_ids, p_seqs, p_run_ms, p_notes) AS r (id, seq, run_ms, note)
        WHERE l.id = r.id AND l.seq = r.seq
        RETURNING l.*, r.run_ms, r.note, extract(epoch FROM l.claimed_at - l.enqueued_at)::double precision * 1000 AS wait_ms
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, claimed_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts,
                                  key, note, error, payload)
        SELECT id, enqueued_at, claimed_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts + 1,
               key, note, error, payload
        FROM gone
    ), counted AS (
        INSERT INTO hub.job_stat AS s (minute, queue_id, kind_id, worker_id, done, wait_ms, run_ms, wait_buckets, run_buckets)
        SELECT date_trunc('minute', now()), queue_id, kind_id, p_worker, count(*), sum(wait_ms), sum(run_ms),
               hub.job_buckets(array_agg(wait_ms)), hub.job_buckets(array_agg(run_ms::double precision))
        FROM gone GROUP BY queue_id, kind_id
        ON CONFLICT (minute, queue_id, kind_id, worker_id) DO UPDATE
        SET done = s.done + excluded.done, wait_ms = s.wait_ms + excluded.wait_ms, run_ms = s.run_ms + excluded.run_ms,
            wait_buckets = hub.job_add_buckets(s.wait_buckets, excluded.wait_buckets),
            run_buckets = hub.job_add_buckets(s.run_buckets, excluded.run_buckets)
    )
    SELECT array_agg(id) AS ids,
           array_agg(tenant_id) FILTER (WHERE key IS NOT NULL) AS key_tenants,
           array_agg(key) FILTER (WHERE key IS NOT NULL) AS keys,
           array_agg(key_row) FILTER (WHERE key IS NOT NULL) AS key_rows,
           array_agg(tenant_id) FILTER (WHERE unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE unique_key IS NOT NULL) AS uniques
    INTO ended FROM gone;

    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys, ended.key_rows, ended.ids);
    END IF;
    IF coalesce(cardinality(ended.ids), 0) = cardinality(p_ids) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY (SELECT id FROM unnest(p_ids) AS id EXCEPT SELECT id FROM unnest(ended.ids) AS id);
END $$;
COMMENT ON FUNCTION hub.job_complete IS 'Moves jobs that a worker has done to history and hands their keys on. Returns the ids of jobs that were not the worker''s any more (or not under that token), null when there are none.';

CREATE FUNCTION hub.job_fail(
    p_worker integer, p_ids bigint[], p_seqs bigint[], p_outcomes text[], p_delays_ms bigint[], p_counts boolean[],
    p_solos boolean[], p_run_ms integer[], p_errors jsonb[], p_notes text[]
) RETURNS bigint[] LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    ended record;
BEGIN
    WITH taken AS (
        DELETE FROM hub.job_lease l
        USING unnest(p_ids, p_seqs, p_outcomes, p_delays_ms, p_counts, p_solos, p_run_ms, p_errors, p_notes)
              AS r (id, seq, outcome, delay_ms, counts, solo, run_ms, error, note)
        WHERE l.id = r.id AND l.seq = r.seq
        RETURNING l.id, l.enqueued_at, l.claimed_at, l.tenant_id, l.queue_id, l.kind_id, l.lane, l.attempts, l.max_attempts, l.key,
                  l.unique_key, l.payload, l.error AS old_error, r.run_ms, r.note, l.solo OR r.solo AS solo, r.error, r.outcome,
                  r.delay_ms, r.counts, coalesce((l.error ->> 'spared')::integer, 0) AS spared
    ), gone AS (
        SELECT t.id, t.enqueued_at, t.claimed_at, t.tenant_id, t.queue_id, t.kind_id, t.lane, t.max_attempts, t.key,
               t.unique_key, t.payload, t.run_ms, t.note, t.attempts + c.counted AS attempts, t.solo,
               CASE WHEN t.error IS NULL THEN t.old_error
                    ELSE t.error || jsonb_build_object('attempt', t.attempts + 1, 'at', now())
                         || CASE WHEN t.error ? 'spared' THEN jsonb_build_object('spared', t.spared + 1) ELSE '{}' END END AS error,
               CASE WHEN t.outcome = 'retry' AND t.attempts + c.counted >= t.max_attempts THEN 'dead' ELSE t.outcome END AS outcome,
               coalesce(t.delay_ms * interval '1 ms', hub.job_backoff(t.attempts + 1)) AS delay
        FROM taken t
        -- What may be the database's trouble is spared three times in a row.
        CROSS JOIN LATERAL (VALUES ((t.counts OR coalesce(t.error ? 'spared', false) AND t.spared >= 3)::integer)) AS c (counted)
    ), again AS (
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload, run_at, reason, has_key)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload, now() + delay, CASE outcome WHEN 'retry' THEN 'retry' ELSE 'snoozed' END,
               key IS NOT NULL
        FROM gone WHERE outcome IN ('retry', 'snooze')
    ), back AS (
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload
        FROM gone WHERE outcome = 'return'
    ), given_up AS (
        INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                  key, unique_key, error, payload, worker_id)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload, p_worker
        FROM gone WHERE outcome = 'dead'
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, claimed_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts,
                                  outcome, key, note, error, payload)
        SELECT id, enqueued_at, claimed_at, tenant_id, p_worker, run_ms, queue_id, kind_id, lane, attempts,
               'cancelled', key, note, error, payload
        FROM gone WHERE outcome = 'cancel'
    ), counted AS (
        INSERT INTO hub.job_stat AS s (minute, queue_id, kind_id, worker_id, retried, snoozed, returned, dead, cancelled)
        SELECT date_trunc('minute', now()), queue_id, kind_id, p_worker,
               count(*) FILTER (WHERE outcome = 'retry'), count(*) FILTER (WHERE outcome = 'snooze'),
               count(*) FILTER (WHERE outcome = 'return'), count(*) FILTER (WHERE outcome = 'dead'),
               count(*) FILTER (WHERE outcome = 'cancel')
        FROM gone GROUP BY queue_id, kind_id
        ON CONFLICT (minute, queue_id, kind_id, worker_id) DO UPDATE
        SET retried = s.retried + excluded.retried, snoozed = s.snoozed + excluded.snoozed,
            returned = s.returned + excluded.returned, dead = s.dead + excluded.dead, cancelled = s.cancelled + excluded.cancelled
    )
    SELECT array_agg(id) AS ids,
           array_agg(tenant_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND key IS NOT NULL) AS key_tenants,
           array_agg(key) FILTER (WHERE outcome IN ('dead', 'cancel') AND key IS NOT NULL) AS keys,
           array_agg(tenant_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE outcome IN ('dead', 'cancel') AND unique_key IS NOT NULL) AS uniques
    INTO ended FROM gone;

    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys);
    END IF;
    IF coalesce(cardinality(ended.ids), 0) = cardinality(p_ids) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY (SELECT id FROM unnest(p_ids) AS id EXCEPT SELECT id FROM unnest(ended.ids) AS id);
END $$;
COMMENT ON FUNCTION hub.job_fail IS 'Moves jobs that a worker did not finish where their outcome sends them: retry (dead when the attempts are used up), snooze, return (handed back), dead, cancel. Delay null: hub.job_backoff. counts: whether the attempt counts; one whose error has the member spared counts after three such in a row all the same. Returns the ids of jobs that were not the worker''s any more, null when there are none.';

CREATE FUNCTION hub.job_verify(p_ids bigint[], p_seqs bigint[]) RETURNS bigint[] LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    RETURN ARRAY (SELECT l.id FROM unnest(p_ids, p_seqs) AS r (id, seq)
                  JOIN hub.job_lease l ON l.id = r.id AND l.seq = r.seq FOR UPDATE OF l);
END $$;
COMMENT ON FUNCTION hub.job_verify IS 'Which of these jobs are still held under these tokens. They stay so until the transaction ends: what it writes for them and their finish are one.';

CREATE FUNCTION hub.job_held_by(p_worker integer)
RETURNS TABLE (
    id bigint, seq bigint, enqueued_at timestamptz, tenant_id integer, kind_id smallint, lane smallint,
    attempts smallint, max_attempts smallint, solo boolean, held boolean, key text, payload jsonb
) LANGUAGE sql SET search_path = hub, pg_temp AS $$
    SELECT l.id, l.seq, l.enqueued_at, l.tenant_id, l.kind_id, l.lane, l.attempts, l.max_attempts, l.solo, false, l.key, l.payload
    FROM hub.job_lease l WHERE l.worker_id = p_worker
$$;
COMMENT ON FUNCTION hub.job_held_by IS 'Jobs that a worker holds, as hub.job_claim returned them. A worker whose connection broke asks this: the claim may have been committed without its answer arriving.';

-- Workers -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_enter(p_program text, p_host text, p_pid integer, p_queue smallint, p_slots integer, p_lease interval)
RETURNS integer LANGUAGE sql SET search_path = hub, pg_temp AS $$
    INSERT INTO hub.worker (program, host, pid, queue_id, slots, lease, expires_at)
    VALUES (p_program, p_host, p_pid, p_queue, p_slots, p_lease, now() + p_lease) RETURNING worker_id
$$;
COMMENT ON FUNCTION hub.job_enter IS 'A worker starts; returns its number.';

CREATE FUNCTION hub.job_beat(p_worker integer, p_draining boolean DEFAULT false)
RETURNS boolean LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
BEGIN
    UPDATE hub.worker SET beat_at = now(), expires_at = now() + lease, draining = draining OR p_draining WHERE worker_id = p_worker;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION hub.job_beat IS 'A worker is alive. False: it was given up for lost and its jobs are others'' now.';

CREATE FUNCTION hub.job_leave(p_worker integer) RETURNS bigint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    returned bigint;
BEGIN
    WITH gone AS (
        DELETE FROM hub.job_lease WHERE worker_id = p_worker RETURNING *
    )
    INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                               key, unique_key, error, payload)
    SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
           key, unique_key, error, payload
    FROM gone;
    GET DIAGNOSTICS returned = ROW_COUNT;
    DELETE FROM hub.worker WHERE worker_id = p_worker;
    RETURN returned;
END $$;
COMMENT ON FUNCTION hub.job_leave IS 'A worker stops: what it still holds goes back without counting the attempt, and its row goes.';

-- Chores --------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_chore_due(p_name text) RETURNS boolean LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
BEGIN
    PERFORM FROM hub.job_chore WHERE name = p_name AND next_at <= clock_timestamp() FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE hub.job_chore SET next_at = clock_timestamp() + every WHERE name = p_name;
    RETURN true;
END $$;
COMMENT ON FUNCTION hub.job_chore_due IS 'Takes a chore if it is due and nobody else is at it.';

CREATE FUNCTION hub.job_promote(p_most integer DEFAULT 5000)
RETURNS TABLE (queue_id smallint, jobs bigint) LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    joining hub.job_later[];
    late hub.job_later;
    job hub.job_ready;
BEGIN
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT l.ctid AS place FROM hub.job_later l WHERE l.run_at <= now() AND (l.key IS NULL OR l.has_key)
        ORDER BY l.run_at, l.id LIMIT p_most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM hub.job_later l WHERE l.ctid = ANY (ARRAY (SELECT place FROM due)) RETURNING l.*
    ), moved AS (
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
               key, unique_key, error, payload
        FROM (SELECT * FROM gone ORDER BY run_at, id) AS gone
        RETURNING queue_id
    )
    SELECT m.queue_id, count(*) FROM moved m GROUP BY m.queue_id;

    -- Those with a key that they have not got yet join its line now, in the order of the keys.
    WITH due AS MATERIALIZED (
        SELECT l.ctid AS place FROM hub.job_later l WHERE l.run_at <= now() AND l.key IS NOT NULL AND NOT l.has_key
        ORDER BY l.run_at, l.id LIMIT p_most FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM hub.job_later l WHERE l.ctid = ANY (ARRAY (SELECT place FROM due)) RETURNING l.*
    )
    SELECT array_agg(g::hub.job_later ORDER BY g.tenant_id, g.key, g.run_at, g.id) INTO joining FROM gone g;
    FOREACH late IN ARRAY coalesce(joining, '{}') LOOP
        job := ROW(late.id, nextval('hub.job_seq'), late.enqueued_at, late.tenant_id, late.queue_id, late.kind_id, late.lane, late.attempts,
                   late.max_attempts, late.solo, NULL, late.key, late.unique_key, late.error, late.payload)::hub.job_ready;
        PERFORM hub.job_join(job);
    END LOOP;
    RETURN QUERY SELECT j.queue_id, count(*) FROM unnest(joining) AS j GROUP BY j.queue_id;
END $$;
COMMENT ON FUNCTION hub.job_promote IS 'Jobs whose time has come become ready, or join the line of their key.';

CREATE FUNCTION hub.job_rescue() RETURNS TABLE (queue_id smallint, jobs bigint) LANGUAGE plpgsql
SET search_path = hub, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    ended record;
BEGIN
    DELETE FROM hub.worker w WHERE w.worker_id IN (
        SELECT lost.worker_id FROM hub.worker lost WHERE lost.expires_at < now() FOR UPDATE SKIP LOCKED);

    -- Also finds jobs that a lost worker claimed while its row was being deleted.
    WITH lost AS MATERIALIZED (
        SELECT l.ctid AS place FROM hub.job_lease l
        WHERE NOT EXISTS (SELECT FROM hub.worker w WHERE w.worker_id = l.worker_id)
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM hub.job_lease l WHERE l.ctid = ANY (ARRAY (SELECT place FROM lost))
        RETURNING l.*, l.attempts + 1 AS tried,
                  jsonb_build_object('code', 'worker_lost', 'message', 'worker ' || l.worker_id || ' was lost while it had the job',
                                     'attempt', l.attempts + 1, 'at', now()) AS reason
    ), back AS (
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload
        FROM gone WHERE tried < max_attempts AND NOT solo
    ), again AS (
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                   key, unique_key, error, payload, run_at, reason, has_key)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload, now() + hub.job_backoff(tried), 'retry', key IS NOT NULL
        FROM gone WHERE tried < max_attempts AND solo
    ), given_up AS (
        INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, solo,
                                  key, unique_key, error, payload, worker_id)
        SELECT id, nextval('hub.job_seq'), enqueued_at, tenant_id, queue_id, kind_id, lane, tried, max_attempts, true,
               key, unique_key, reason, payload, worker_id
        FROM gone WHERE tried >= max_attempts
    ), counted AS (
        INSERT INTO hub.job_stat AS s (minute, queue_id, kind_id, worker_id, retried, dead)
        SELECT date_trunc('minute', now()), queue_id, kind_id, worker_id, count(*) FILTER (WHERE tried < max_attempts),
               count(*) FILTER (WHERE tried >= max_attempts)
        FROM gone GROUP BY queue_id, kind_id, worker_id
        ON CONFLICT (minute, queue_id, kind_id, worker_id) DO UPDATE
        SET retried = s.retried + excluded.retried, dead = s.dead + excluded.dead
    )
    SELECT array_agg(queue_id) AS queues,
           array_agg(tenant_id) FILTER (WHERE tried >= max_attempts AND key IS NOT NULL) AS key_tenants,
           array_agg(key) FILTER (WHERE tried >= max_attempts AND key IS NOT NULL) AS keys,
           array_agg(tenant_id) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE tried >= max_attempts AND unique_key IS NOT NULL) AS uniques
    INTO ended FROM gone;

    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys);
    END IF;
    RETURN QUERY SELECT q, count(*) FROM unnest(ended.queues) AS q GROUP BY q;
END $$;
COMMENT ON FUNCTION hub.job_rescue IS 'Gives up workers that have not beaten in time and takes their jobs back, the attempt counted. A job that lost its worker for the first time is ready at once, but runs alone from now on; the next time it waits; after its attempts it is dead. So a job that kills its worker stops by itself and takes no others along.';

CREATE FUNCTION hub.schedule_next(p_every interval, p_at time, p_zone text, p_after timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = hub, pg_temp AS $$
    SELECT CASE
        WHEN p_every IS NOT NULL THEN
            to_timestamp((floor(extract(epoch FROM p_after) / extract(epoch FROM p_every)) + 1) * extract(epoch FROM p_every))
        ELSE (SELECT min(slot) FROM generate_series(-1, 2) AS day,
                     LATERAL (SELECT ((p_after AT TIME ZONE p_zone)::date + day + p_at) AT TIME ZONE p_zone AS slot) AS s
              WHERE slot > p_after)
    END
$$;
COMMENT ON FUNCTION hub.schedule_next IS 'The first slot after a moment.';

CREATE FUNCTION hub.job_fire() RETURNS TABLE (queue_id smallint, jobs bigint) LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
#variable_conflict use_column
DECLARE
    due hub.schedule;
    slot timestamptz;
    following timestamptz;
BEGIN
    FOR due IN
        SELECT * FROM hub.schedule s WHERE s.enabled AND s.next_at <= now() ORDER BY s.next_at, s.schedule_id FOR UPDATE SKIP LOCKED
    LOOP
        slot := due.next_at;
        LOOP
            following := hub.schedule_next(due.every, due.at, due.time_zone, slot);
            EXIT WHEN due.catch_up OR following > now();
            slot := following;  -- missed while nothing ran: only the newest counts
            IF due.every IS NOT NULL THEN
                slot := hub.schedule_next(due.every, due.at, due.time_zone, now() - due.every);
            END IF;
        END LOOP;
        PERFORM hub.job_add(
            kind => k.name, queue => q.name, tenant_id => due.tenant_id, lane => due.lane, max_attempts => due.max_attempts,
            payload => due.payload || jsonb_build_object('slot', slot),
            unique_key => 'schedule ' || due.schedule_id || CASE WHEN due.overlap OR due.catch_up THEN ' ' || slot::text ELSE '' END)
        FROM hub.job_kind k, hub.job_queue q WHERE k.kind_id = due.kind_id AND q.queue_id = due.queue_id;
        UPDATE hub.schedule s SET next_at = following, last_slot = slot, fired = s.fired + 1 WHERE s.schedule_id = due.schedule_id;
        queue_id := due.queue_id;
        jobs := 1;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION hub.job_fire IS 'Enqueues the jobs of schedules whose slot has come, and moves each schedule past the slot in the same transaction.';

CREATE FUNCTION hub.job_hand_on(p_most integer DEFAULT 1000) RETURNS bigint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    free record;
BEGIN
    SELECT array_agg(f.tenant_id) AS tenants, array_agg(f.key) AS keys INTO free
    FROM (SELECT k.tenant_id, k.key FROM hub.job_key k WHERE k.holder IS NULL LIMIT p_most) AS f;
    RETURN CASE WHEN free.keys IS NULL THEN 0 ELSE hub.job_pass(free.tenants, free.keys) END;
END $$;
COMMENT ON FUNCTION hub.job_hand_on IS 'Hands on the keys that hub.job_pass could not, because somebody was joining the line.';

-- Two transactions at once may each miss what the other did: a claim that still sees a pause puts its job off after hub.job_resume
-- has looked.
CREATE FUNCTION hub.job_unhold() RETURNS bigint LANGUAGE plpgsql
SET search_path = hub, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
DECLARE
    free record;
    jobs bigint;
    unheld bigint := 0;
BEGIN
    -- From one kind and tenant to the next in the index: a pause may hold a million jobs.
    FOR free IN
        WITH RECURSIVE held AS (
            (SELECT l.kind_id, l.tenant_id FROM hub.job_later l WHERE l.run_at = 'infinity' AND l.reason = 'held'
             ORDER BY l.kind_id, l.tenant_id LIMIT 1)
            UNION ALL
            SELECT next.kind_id, next.tenant_id FROM held CROSS JOIN LATERAL (
                SELECT l.kind_id, l.tenant_id FROM hub.job_later l
                WHERE l.run_at = 'infinity' AND l.reason = 'held' AND (l.kind_id, l.tenant_id) > (held.kind_id, held.tenant_id)
                ORDER BY l.kind_id, l.tenant_id LIMIT 1) AS next
        )
        SELECT h.kind_id, h.tenant_id FROM held h
        WHERE NOT EXISTS (SELECT FROM hub.job_pause p WHERE (p.kind_id IS NULL OR p.kind_id = h.kind_id)
                                                        AND (p.tenant_id IS NULL OR p.tenant_id = h.tenant_id))
    LOOP
        UPDATE hub.job_later l SET run_at = now()
        WHERE l.run_at = 'infinity' AND l.reason = 'held' AND l.kind_id = free.kind_id AND l.tenant_id = free.tenant_id;
        GET DIAGNOSTICS jobs = ROW_COUNT;
        unheld := unheld + jobs;
    END LOOP;
    RETURN unheld;
END $$;
COMMENT ON FUNCTION hub.job_unhold IS 'Held jobs that no pause fits become due. Returns how many.';

CREATE FUNCTION hub.job_adopt(p_most integer DEFAULT 1000) RETURNS bigint LANGUAGE plpgsql
SET search_path = hub, pg_temp SET jit = off SET lock_timeout = '10ms' AS $$
DECLARE
    began timestamptz := clock_timestamp();
    orphaned record;
BEGIN
    SELECT array_agg(o.tenant_id) AS tenants, array_agg(o.key) AS keys INTO orphaned
    FROM (SELECT DISTINCT w.tenant_id, w.key FROM hub.job_wait w
          WHERE NOT EXISTS (SELECT FROM hub.job_key k WHERE k.tenant_id = w.tenant_id AND k.key = w.key)
          LIMIT p_most) AS o;
    UPDATE hub.job_chore SET next_at = clock_timestamp() + greatest(every, (clock_timestamp() - began) * 100) WHERE name = 'lines';
    RETURN CASE WHEN orphaned.keys IS NULL THEN 0 ELSE hub.job_advance(orphaned.tenants, orphaned.keys) END;
EXCEPTION WHEN unique_violation OR lock_not_available THEN
    RETURN 0;  -- somebody joins or leaves one of the lines at this moment: the next time
END $$;
COMMENT ON FUNCTION hub.job_adopt IS 'Lines whose key nobody has go on. There should be none, so looking for them takes one hundredth of the time at most. Returns how many jobs became ready.';

CREATE FUNCTION hub.job_count() RETURNS void LANGUAGE plpgsql SET search_path = hub, pg_temp SET jit = off AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    DELETE FROM hub.job_depth;
    INSERT INTO hub.job_depth (queue_id, kind_id, lane, state, jobs, oldest_at)
    SELECT queue_id, kind_id, lane, 'ready', count(*), min(enqueued_at) FROM hub.job_ready GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, 'running', count(*), min(enqueued_at) FROM hub.job_lease GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, 'waiting', count(*), min(enqueued_at) FROM hub.job_wait GROUP BY 1, 2, 3
    UNION ALL
    SELECT queue_id, kind_id, lane, reason, count(*), min(enqueued_at) FROM hub.job_later GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT queue_id, kind_id, lane, 'dead', count(*), min(enqueued_at) FROM hub.job_dead GROUP BY 1, 2, 3;
    UPDATE hub.job_chore SET next_at = clock_timestamp() + greatest(every, (clock_timestamp() - began) * 100) WHERE name = 'depth';
END $$;
COMMENT ON FUNCTION hub.job_count IS 'Counts hub.job_depth anew. Takes one hundredth of the time at most: counting a long queue takes long and is done seldom.';

CREATE FUNCTION hub.job_tend() RETURNS TABLE (chore text, queue_id smallint, jobs bigint) LANGUAGE plpgsql
SET search_path = hub, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF hub.job_chore_due('rescue') THEN
        RETURN QUERY SELECT 'rescue', r.* FROM hub.job_rescue() AS r;
    END IF;
    IF hub.job_chore_due('schedule') THEN
        RETURN QUERY SELECT 'schedule', f.* FROM hub.job_fire() AS f;
    END IF;
    IF hub.job_chore_due('promote') THEN
        RETURN QUERY SELECT 'promote', p.* FROM hub.job_promote() AS p;
    END IF;
    IF hub.job_chore_due('keys') THEN
        PERFORM hub.job_unhold();
        RETURN QUERY SELECT 'keys', NULL::smallint, h FROM hub.job_hand_on() AS h WHERE h > 0;
    END IF;
    IF hub.job_chore_due('lines') THEN
        RETURN QUERY SELECT 'lines', NULL::smallint, a FROM hub.job_adopt() AS a WHERE a > 0;
    END IF;
END $$;
COMMENT ON FUNCTION hub.job_tend IS 'Does the chores that are due and says which queues got jobs, so that the caller rings them. Each worker calls it twice a second.';

-- Space that VACUUM can't give back while somebody holds an old snapshot. Runs as the owner, since TRUNCATE should not
-- be every program's right; it can do nothing but this, to two tables.
CREATE FUNCTION hub.job_compact(p_force boolean DEFAULT false)
RETURNS TABLE (relation text, live bigint, bytes_before bigint, bytes_after bigint) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = hub, pg_temp SET lock_timeout = '50ms' SET jit = off AS $$
#variable_conflict use_column
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.relname AS name, c.oid, pg_stat_get_dead_tuples(c.oid) AS dead, pg_stat_get_live_tuples(c.oid) AS live
        FROM pg_class c WHERE c.oid IN ('hub.job_ready'::regclass, 'hub.job_lease'::regclass)
    LOOP
        CONTINUE WHEN NOT p_force AND (found.dead < 100000 OR found.dead < 4 * found.live OR found.live > 50000);
        BEGIN
            -- Everything after the lock sees all that was committed: whoever waits for the lock starts over after it.
            EXECUTE format('LOCK TABLE hub.%I IN ACCESS EXCLUSIVE MODE', found.name);
            relation := found.name;
            bytes_before := pg_total_relation_size(found.oid);
            EXECUTE format('CREATE TEMP TABLE job_compact_copy ON COMMIT DROP AS SELECT * FROM hub.%I', found.name);
            GET DIAGNOSTICS live = ROW_COUNT;
            EXECUTE format('TRUNCATE hub.%I', found.name);
            EXECUTE format('INSERT INTO hub.%I SELECT * FROM pg_temp.job_compact_copy', found.name);
            DROP TABLE pg_temp.job_compact_copy;
            bytes_after := pg_total_relation_size(found.oid);
            RETURN NEXT;
        EXCEPTION WHEN lock_not_available THEN
            NULL;  -- somebody is at the table in a long transaction: later, only space waits
        END;
    END LOOP;
END $$;
COMMENT ON FUNCTION hub.job_compact IS 'Copies the live rows of job_ready and job_lease out, truncates, and copies them back, when there are many dead rows and few live ones. Takes about a tenth of a second, in which nothing is claimed or enqueued; gives up when it can''t lock within 50 ms. Call it in a transaction of its own.';

-- History -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_partitions(p_keep_days integer DEFAULT 30, p_ahead_days integer DEFAULT 7)
RETURNS TABLE (partition text, action text) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = hub, pg_temp SET lock_timeout = '1s' SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    today CONSTANT date := current_date;
    day date;
    old record;
BEGIN
    IF p_keep_days < 1 THEN
        RAISE EXCEPTION 'refusing to keep less than one day of finished jobs';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtext('hub.job_done.partitions')) THEN
        RETURN;  -- somebody is at it
    END IF;
    FOR day IN SELECT generate_series(today, today + p_ahead_days, interval '1 day')::date LOOP
        partition := 'job_done_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('hub.' || partition) IS NOT NULL;
        BEGIN
            -- Rows of that day may have gone to the default partition meanwhile: they move, and none may come after them.
            LOCK TABLE hub.job_done_default IN ACCESS EXCLUSIVE MODE;
            EXECUTE format('CREATE TABLE hub.%I (LIKE hub.job_done INCLUDING ALL)', partition);
            EXECUTE format('COMMENT ON TABLE hub.%I IS %L', partition, 'Finished jobs of ' || day || ' (UTC); a partition of hub.job_done.');
            EXECUTE format('WITH gone AS (DELETE FROM hub.job_done_default WHERE finished_at >= %1$L AND finished_at < %2$L RETURNING *) '
                           'INSERT INTO hub.%3$I SELECT * FROM gone', day || ' 00:00+00', day + 1 || ' 00:00+00', partition);
            EXECUTE format('ALTER TABLE hub.job_done ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)',
                           partition, day || ' 00:00+00', day + 1 || ' 00:00+00');
            action := 'made';
            RETURN NEXT;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long: until the next call the default takes the rows
        END;
    END LOOP;

    FOR old IN
        SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'hub.job_done'::regclass AND c.relname ~ '^job_done_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - p_keep_days
        ORDER BY 1
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE hub.%I', old.name);
            partition := old.name;
            action := 'dropped';
            RETURN NEXT;
        EXCEPTION WHEN lock_not_available THEN
            EXIT;  -- somebody reads for long, and all others would queue behind us: the next call does it
        END;
    END LOOP;
    DELETE FROM hub.job_done_default WHERE finished_at < today - p_keep_days;
    DELETE FROM hub.job_stat WHERE minute < now() - p_keep_days * interval '1 day';
END $$;
COMMENT ON FUNCTION hub.job_partitions IS 'Makes the day partitions of hub.job_done ahead, and drops those older than p_keep_days (null: none) together with hub.job_stat of that time. What a long reader stands in the way of is left to the next call. Runs as the owner. Call it daily.';

SELECT hub.job_partitions();

-- Operators -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION hub.job_hold(p_kind text, p_tenant integer, p_reason text, p_by text DEFAULT session_user)
RETURNS void LANGUAGE sql SET search_path = hub, pg_temp AS $$
    INSERT INTO hub.job_pause (kind_id, tenant_id, reason, paused_by)
    VALUES (CASE WHEN p_kind IS NOT NULL THEN hub.job_kind_id(p_kind) END, p_tenant, p_reason, p_by)
    ON CONFLICT (kind_id, tenant_id) DO NOTHING
$$;
COMMENT ON FUNCTION hub.job_hold IS 'Pauses a kind (null: every kind) of a tenant (null: every tenant). Jobs that run now run on.';

CREATE FUNCTION hub.job_resume(p_kind text, p_tenant integer) RETURNS bigint LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    kind smallint := (SELECT k.kind_id FROM hub.job_kind k WHERE k.name = p_kind);
BEGIN
    IF p_kind IS NOT NULL AND kind IS NULL THEN RETURN NULL; END IF;
    DELETE FROM hub.job_pause p WHERE p.kind_id IS NOT DISTINCT FROM kind AND p.tenant_id IS NOT DISTINCT FROM p_tenant;
    IF NOT FOUND THEN RETURN NULL; END IF;
    RETURN hub.job_unhold();
END $$;
COMMENT ON FUNCTION hub.job_resume IS 'Ends a pause; held jobs that no other pause fits become due. Returns how many, null when there is no such pause.';

CREATE FUNCTION hub.job_retry(p_ids bigint[]) RETURNS bigint[] LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    one bigint;
    job hub.job_ready;
    retried bigint[] := '{}';
BEGIN
    FOREACH one IN ARRAY p_ids LOOP
        UPDATE hub.job_later SET run_at = now() WHERE id = one AND reason <> 'held' AND run_at > now();
        IF FOUND THEN
            retried := retried || one;
            CONTINUE;
        END IF;

        -- A dead job begins again, unless another has its unique key by now.
        SELECT d.id, nextval('hub.job_seq'), d.enqueued_at, d.tenant_id, d.queue_id, d.kind_id, d.lane, 0, d.max_attempts, true, NULL, d.key, d.unique_key,
               d.error, d.payload
        INTO job FROM hub.job_dead d WHERE d.id = one FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        IF job.unique_key IS NOT NULL THEN
            INSERT INTO hub.job_unique (tenant_id, kind_id, unique_key, job_id)
            VALUES (job.tenant_id, job.kind_id, job.unique_key, job.id) ON CONFLICT DO NOTHING;
            CONTINUE WHEN NOT FOUND;
        END IF;
        DELETE FROM hub.job_dead d WHERE d.id = one;
        PERFORM hub.job_join(job);
        retried := retried || one;
    END LOOP;
    RETURN retried;
END $$;
COMMENT ON FUNCTION hub.job_retry IS 'Dead jobs begin again with all their attempts, at the end of the line of their key; jobs that wait for a time become due. Returns the ids of those it found so.';

CREATE FUNCTION hub.job_cancel(p_ids bigint[], p_note text) RETURNS bigint[] LANGUAGE plpgsql SET search_path = hub, pg_temp AS $$
DECLARE
    ended record;
    settled boolean;
BEGIN
    -- Nobody may hand a key on to a job that is being cancelled: like who joins a line, who leaves it locks the key. A key that was
    -- handed on while we waited for it has a new row, which takes another look to see.
    LOOP
        WITH locked AS MATERIALIZED (
            SELECT FROM hub.job_key k JOIN hub.job_wait w ON w.tenant_id = k.tenant_id AND w.key = k.key
            WHERE w.id = ANY (p_ids) ORDER BY k.tenant_id, k.key FOR KEY SHARE OF k
        )
        SELECT (SELECT count(*) FROM locked) = count(*) INTO settled
        FROM hub.job_key k JOIN hub.job_wait w ON w.tenant_id = k.tenant_id AND w.key = k.key WHERE w.id = ANY (p_ids);
        EXIT WHEN settled;
    END LOOP;
    WITH gone AS (
        DELETE FROM hub.job_ready r WHERE r.id = ANY (p_ids)
        RETURNING id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, key, key IS NOT NULL AS has_key, unique_key, error, payload
    ), later AS (
        DELETE FROM hub.job_later r WHERE r.id = ANY (p_ids)
        RETURNING id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, key, has_key, unique_key, error, payload
    ), waiting AS (
        DELETE FROM hub.job_wait r WHERE r.id = ANY (p_ids)
        RETURNING id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, key, false, unique_key, error, payload
    ), dead AS (
        DELETE FROM hub.job_dead r WHERE r.id = ANY (p_ids)
        RETURNING id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, key, false, NULL::text, error, payload
    ), every AS (
        SELECT * FROM gone UNION ALL SELECT * FROM later UNION ALL SELECT * FROM waiting UNION ALL SELECT * FROM dead
    ), kept AS (
        INSERT INTO hub.job_done (id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, outcome, key, note, error, payload)
        SELECT id, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, 'cancelled', key, p_note, error, payload FROM every
    )
    SELECT array_agg(id) AS ids,
           array_agg(tenant_id) FILTER (WHERE has_key) AS key_tenants, array_agg(key) FILTER (WHERE has_key) AS keys,
           array_agg(tenant_id) FILTER (WHERE unique_key IS NOT NULL) AS unique_tenants,
           array_agg(kind_id) FILTER (WHERE unique_key IS NOT NULL) AS unique_kinds,
           array_agg(unique_key) FILTER (WHERE unique_key IS NOT NULL) AS uniques
    INTO ended FROM every;
    IF ended.uniques IS NOT NULL THEN
        PERFORM hub.job_release(ended.unique_tenants, ended.unique_kinds, ended.uniques);
    END IF;
    IF ended.keys IS NOT NULL THEN
        PERFORM hub.job_pass(ended.key_tenants, ended.keys);
    END IF;
    RETURN coalesce(ended.ids, '{}');
END $$;
COMMENT ON FUNCTION hub.job_cancel IS 'Ends jobs that don''t run at the moment. Returns the ids of those it found so.';

CREATE FUNCTION hub.schedule_set(
    p_tenant integer, p_name text, p_kind text, p_queue text, p_lane smallint, p_max_attempts smallint, p_payload jsonb,
    p_every interval, p_at time, p_zone text, p_catch_up boolean, p_overlap boolean
) RETURNS integer LANGUAGE sql SET search_path = hub, pg_temp AS $$
    INSERT INTO hub.schedule AS s (tenant_id, name, kind_id, queue_id, lane, max_attempts, payload, every, at, time_zone,
                                   catch_up, overlap, next_at)
    VALUES (p_tenant, p_name, hub.job_kind_id(p_kind), hub.job_queue_id(p_queue), p_lane, p_max_attempts, p_payload, p_every, p_at,
            p_zone, p_catch_up, p_overlap, hub.schedule_next(p_every, p_at, p_zone, now()))
    ON CONFLICT (tenant_id, name) DO UPDATE
    SET kind_id = excluded.kind_id, queue_id = excluded.queue_id, lane = excluded.lane, max_attempts = excluded.max_attempts,
        payload = excluded.payload, every = excluded.every, at = excluded.at, time_zone = excluded.time_zone,
        catch_up = excluded.catch_up, overlap = excluded.overlap, enabled = true,
        next_at = CASE WHEN (s.every, s.at, s.time_zone) IS NOT DISTINCT FROM (excluded.every, excluded.at, excluded.time_zone)
                       THEN s.next_at ELSE excluded.next_at END
    RETURNING s.schedule_id
$$;
COMMENT ON FUNCTION hub.schedule_set IS 'Makes a schedule, or changes it to what is given. The next slot stays when the slots have not changed.';

-- Rights --------------------------------------------------------------------------------------------------------------

-- Programs that work on jobs. UPDATE on a hot table is what locking a row takes.
GRANT USAGE ON SEQUENCE hub.job_seq TO
    trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync, trunkline_console, trunkline_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    hub.job_ready, hub.job_lease, hub.job_later, hub.job_wait, hub.job_key, hub.job_unique, hub.job_bell, hub.worker
    TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, INSERT ON hub.job_done, hub.job_dead, hub.job_queue, hub.job_kind
    TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, INSERT, UPDATE ON hub.job_stat TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, INSERT, UPDATE, DELETE ON hub.schedule TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, INSERT, DELETE ON hub.job_depth TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT, UPDATE ON hub.job_chore TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT SELECT ON hub.job_pause, hub.jobs TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;
GRANT EXECUTE ON FUNCTION
    hub.job_queue_id, hub.job_kind_id, hub.job_join, hub.job_add, hub.job_supersede, hub.job_enqueue, hub.job_ring, hub.job_ring_queue, hub.job_sleep,
    hub.job_lines, hub.job_claim, hub.job_buckets, hub.job_add_buckets, hub.job_backoff, hub.job_advance, hub.job_pass, hub.job_release,
    hub.job_complete, hub.job_fail, hub.job_verify, hub.job_held_by, hub.job_enter, hub.job_beat, hub.job_leave,
    hub.job_chore_due, hub.job_promote, hub.job_rescue, hub.schedule_next, hub.job_fire, hub.job_hand_on, hub.job_unhold, hub.job_adopt, hub.job_count,
    hub.job_tend, hub.job_compact, hub.job_partitions, hub.schedule_set
    TO trunkline_call_sync, trunkline_user_sync, trunkline_callback_sync;

-- Operators and the console see all, and retry, cancel, pause, enqueue.
GRANT SELECT ON
    hub.job_ready, hub.job_lease, hub.job_later, hub.job_wait, hub.job_dead, hub.job_done, hub.job_key, hub.job_unique,
    hub.job_pause, hub.job_queue, hub.job_kind, hub.job_bell, hub.worker, hub.job_chore, hub.schedule, hub.job_stat, hub.job_depth,
    hub.jobs
    TO trunkline_operator, trunkline_console;
GRANT INSERT, UPDATE, DELETE ON hub.job_ready, hub.job_later, hub.job_wait, hub.job_dead, hub.job_key, hub.job_unique
    TO trunkline_operator, trunkline_console;
GRANT INSERT, DELETE ON hub.job_pause TO trunkline_operator, trunkline_console;
GRANT INSERT ON hub.job_done, hub.job_queue, hub.job_kind TO trunkline_operator, trunkline_console;
GRANT DELETE ON hub.job_bell TO trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION
    hub.job_queue_id, hub.job_kind_id, hub.job_join, hub.job_add, hub.job_supersede, hub.job_enqueue, hub.job_ring, hub.job_ring_queue, hub.job_advance, hub.job_pass,
    hub.job_release, hub.job_hold, hub.job_unhold, hub.job_resume, hub.job_retry, hub.job_cancel
    TO trunkline_operator, trunkline_console;
GRANT EXECUTE ON FUNCTION hub.job_compact TO trunkline_operator;

-- Monitoring reads figures, not jobs.
GRANT SELECT ON
    hub.job_stat, hub.job_depth, hub.worker, hub.job_queue, hub.job_kind, hub.job_pause, hub.schedule, hub.job_chore
    TO trunkline_monitor;
