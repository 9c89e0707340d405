-- How much waited, and how old it was: the worst minute of each hour.
-- psql -v since='30 days' -f sql/reports/backlog.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT date_trunc('hour', minute) AS hour, queue, kind, lane, state, max(jobs) AS most_jobs,
    round(max(oldest_seconds)) AS oldest_seconds
FROM report.backlog_history
WHERE minute >= date_trunc('hour', now() - :'since'::interval)
GROUP BY date_trunc('hour', minute), queue, kind, lane, state
ORDER BY hour DESC, most_jobs DESC, queue, kind, lane, state;
