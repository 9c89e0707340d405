-- Jobs done by hour, tenant and kind, and how long they waited and ran.
-- psql -v since='30 days' -f sql/reports/jobs.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT hour, tenant, queue, kind, done, cancelled, superseded, attempts, wait_p50_ms, wait_p95_ms, wait_p99_ms, run_p50_ms, run_p95_ms,
    run_p99_ms
FROM report.job_throughput
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
ORDER BY hour DESC, tenant, done DESC, kind;
