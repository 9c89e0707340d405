-- What the workers did, minute by minute.
-- psql -v since='30 days' -f sql/reports/queue-history.sql looks further back than 1 hour.
\if :{?since}
\else
\set since '1 hour'
\endif
SELECT minute, queue, kind, done, retried, snoozed, returned, dead, cancelled, wait_p50_ms, wait_p95_ms, wait_p99_ms, run_p50_ms,
    run_p95_ms, run_p99_ms
FROM report.queue_history
WHERE minute >= date_trunc('minute', now() - :'since'::interval)
ORDER BY minute DESC, queue, kind;
