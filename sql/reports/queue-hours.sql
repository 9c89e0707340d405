-- What the workers did, hour by hour.
-- psql -v since='30 days' -f sql/reports/queue-hours.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT hour, queue, kind, done, retried, snoozed, returned, dead, cancelled, wait_p50_ms, wait_p95_ms, wait_p99_ms, run_p50_ms,
    run_p95_ms, run_p99_ms
FROM report.queue_history_by_hour
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
ORDER BY hour DESC, queue, kind;
