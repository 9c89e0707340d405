-- How soon callback requests stood in Dynamics, and what is overdue.
-- psql -v since='30 days' -f sql/reports/callbacks.sql looks further back than 7 days.
\if :{?since}
\else
\set since '7 days'
\endif
SELECT tenant, day, list, requests, written, with_due_time, written_in_time,
    round(100.0 * written_in_time / nullif(with_due_time, 0), 1) AS in_time_percent, open, overdue, ended,
    round(record_p50_seconds::numeric, 1) AS record_p50_seconds, round(record_p95_seconds::numeric, 1) AS record_p95_seconds,
    round(hub_p95_seconds::numeric, 1) AS hub_p95_seconds, round(closed_p50_seconds::numeric, 1) AS closed_p50_seconds,
    round(closed_p95_seconds::numeric, 1) AS closed_p95_seconds
FROM report.callback_service_levels
WHERE day >= ((now() - :'since'::interval) AT TIME ZONE 'UTC')::date
ORDER BY day DESC, tenant, list;
