/// Finished jobs of 30 days, what the workers noted about them, and what waits or is dead.
enum GeneratedJobs {
    /// A partition for each day before today, as `hub.job_partitions` made them then.
    static func partitions(_ sizes: Sizes) -> String {
        """
        DO $$
        DECLARE
            day date;
        BEGIN
            FOR day IN SELECT (now() AT TIME ZONE 'UTC')::date - n FROM generate_series(1, \(sizes.jobDays + 1)) n LOOP
                EXECUTE format('CREATE TABLE hub.%I PARTITION OF hub.job_done FOR VALUES FROM (%L) TO (%L)',
                               'job_done_' || to_char(day, 'YYYYMMDD'), day || ' 00:00+00', day + 1 || ' 00:00+00');
            END LOOP;
        END $$;
        """
    }

    static func day(_ day: Int, _ sizes: Sizes) -> String {
        let count = sizes.jobsPerDay
        return """
            INSERT INTO hub.job_done (id, enqueued_at, claimed_at, finished_at, tenant_id, worker_id, run_ms, queue_id, kind_id, lane, attempts,
                                      outcome, key, error, payload)
            SELECT n, finished_at - (run_ms + wait_ms) * interval '1 ms', CASE WHEN n % 100 <> 7 THEN finished_at - run_ms * interval '1 ms' END,
                finished_at, CASE WHEN place = 11 THEN 0 ELSE bench.tenant(n) END, CASE WHEN n % 100 <> 7 THEN 1 + n % 4 END,
                CASE WHEN n % 100 <> 7 THEN run_ms::integer END, k.queue_id, k.kind_id, CASE WHEN n % 12 = 0 THEN 3 ELSE 0 END, 1 + (n % 50 = 0)::integer,
                CASE WHEN n % 100 = 7 THEN 'superseded' WHEN n % 200 = 9 THEN 'cancelled' ELSE 'done' END,
                CASE WHEN place = 0 THEN md5('call ' || n)::uuid::text END,
                CASE WHEN n % 50 = 0 THEN jsonb_build_object('code', CASE WHEN n % 3 = 0 THEN '0x80072322' ELSE 'timeout' END,
                    'message', CASE WHEN n % 3 = 0 THEN 'Combined execution time of incoming requests exceeded limit, request ' || md5(n::text)
                                    ELSE 'no answer within ' || n % 60 || ' s' END, 'attempt', 1) END,
                jsonb_build_object('call', n)
            FROM (
                SELECT n, i, bench.kind(n) AS place, bench.moment(\(day), i::double precision / \(count)) AS finished_at,
                    2 ^ ((n * 7919 % 1000)::double precision / 100) AS run_ms, 2 ^ ((n * 104729 % 1300)::double precision / 100) AS wait_ms
                FROM (SELECT i::bigint, \((sizes.jobDays - 1 - day) * count) + i::bigint AS n FROM generate_series(1, \(count)) i) AS numbers
            ) AS jobs
            JOIN bench.kind k USING (place);
            """
    }

    /// Of one UTC day, as the workers would have written it job by job.
    static func statistics(_ day: Int) -> String {
        """
        INSERT INTO hub.job_stat (minute, queue_id, kind_id, worker_id, done, retried, cancelled, wait_ms, run_ms, wait_buckets, run_buckets)
        SELECT minute, queue_id, kind_id, worker_id, count(*), count(*) FILTER (WHERE attempts > 1), count(*) FILTER (WHERE outcome = 'cancelled'),
            sum(wait_ms), sum(run_ms), \(buckets("wait")), \(buckets("run"))
        FROM (
            SELECT date_trunc('minute', finished_at) AS minute, queue_id, kind_id, worker_id, attempts, outcome, wait_ms, run_ms,
                width_bucket(wait_ms, bounds) AS wait, width_bucket(run_ms::double precision, bounds) AS run
            FROM (
                SELECT *, extract(epoch FROM claimed_at - enqueued_at)::double precision * 1000 AS wait_ms,
                    '{1,3,10,30,100,300,1000,3000,10000,30000,100000}'::double precision[] AS bounds
                FROM hub.job_done
                WHERE finished_at >= ((now() AT TIME ZONE 'UTC')::date - \(day))::timestamp AT TIME ZONE 'UTC'
                  AND finished_at < ((now() AT TIME ZONE 'UTC')::date - \(day - 1))::timestamp AT TIME ZONE 'UTC' AND worker_id IS NOT NULL
            ) AS timed
        ) AS counted
        GROUP BY minute, queue_id, kind_id, worker_id
        ORDER BY minute;
        """
    }

    private static func buckets(_ column: String) -> String {
        "ARRAY[" + (0...11).map { "count(*) FILTER (WHERE \(column) = \($0))" }.joined(separator: ", ") + "]"
    }

    static func unfinished(_ sizes: Sizes) -> String {
        """
        SELECT setval('hub.job_seq', \(sizes.jobs + 1_000));
        INSERT INTO hub.job_dead (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, error, payload, worker_id, died_at)
        SELECT nextval('hub.job_seq'), n, died_at - interval '2 hours', bench.tenant(n), k.queue_id, k.kind_id, 0, 20, 20,
            jsonb_build_object('code', (ARRAY['0x80040265', '0x80040217', 'malformed', '0x80072560'])[n % 4 + 1], 'message',
                (ARRAY['The record can''t be created, ', 'phonecall does not exist, id ', 'the answer can''t be read at byte ', 'The user is not a member, '])[n % 4 + 1]
                || md5(n::text), 'attempt', 20), jsonb_build_object('call', md5('call ' || n)::uuid), 1 + n % 4, died_at
        FROM (SELECT n, now() - n * interval '25 minutes' * 43200 / 25 / \(sizes.deadJobs) AS died_at FROM generate_series(1, \(sizes.deadJobs)) n) AS dead
        JOIN bench.kind k ON k.place = bench.kind(n);
        INSERT INTO hub.job_ready (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
        SELECT s, s, now() - n * interval '20 ms', bench.tenant(n), k.queue_id, k.kind_id, CASE WHEN n % 3 = 0 THEN 0 ELSE 3 END, 20, '{}'
        FROM (SELECT n, nextval('hub.job_seq') AS s FROM generate_series(1, \(sizes.waitingJobs)) n) AS numbers JOIN bench.kind k ON k.place = bench.kind(n);
        INSERT INTO hub.job_later (id, seq, enqueued_at, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, error, payload, run_at, reason, has_key)
        SELECT s, s, now() - n * interval '1 s', bench.tenant(n), k.queue_id, k.kind_id, 0, 1, 20,
            '{"code": "timeout", "message": "no answer within 30 s", "attempt": 1}', '{}', now() + n * interval '1 s', 'retry', false
        FROM (SELECT n, nextval('hub.job_seq') AS s FROM generate_series(1, \(sizes.waitingJobs / 10)) n) AS numbers JOIN bench.kind k ON k.place = bench.kind(n);
        SELECT hub.job_count();
        """
    }

    /// What was counted every ten seconds.
    static func backlog(_ sizes: Sizes) -> String {
        """
        INSERT INTO hub.job_depth_minute (minute, queue_id, kind_id, lane, state, jobs, oldest_at)
        SELECT minute, k.queue_id, k.kind_id, 0, s.state, 1 + (extract(epoch FROM minute)::bigint / 60 * s.n * 7919) % 1000,
            minute - (extract(epoch FROM minute)::bigint / 60 * s.n) % 90 * interval '1 s'
        FROM generate_series(date_trunc('minute', now()) - interval '\(sizes.minuteDays) days', date_trunc('minute', now()) - interval '1 minute', interval '1 minute') minute,
            bench.kind k, (VALUES ('ready', 1), ('running', 2)) AS s (state, n)
        WHERE k.place < 9;
        UPDATE hub.history_mark SET counted_until = (SELECT date_trunc('hour', min(finished_at)) FROM hub.job_done) WHERE name = 'jobs';
        """
    }
}
