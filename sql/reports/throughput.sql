-- Calls by the hour: what was done, and how long they took from their end to their record.
-- psql -v since='30 days' -f sql/reports/throughput.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT tenant, hour, written, adopted, updated, withdrawn, skipped, dead, latency_p50_seconds, latency_p95_seconds, latency_p99_seconds
FROM report.throughput_by_hour
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
ORDER BY hour DESC, tenant;
