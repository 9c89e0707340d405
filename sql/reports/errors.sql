-- What went wrong, whether it was overcome or not: the most frequent first.
-- psql -v since='30 days' -f sql/reports/errors.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT tenant, kind, code, error, sum(recovered)::bigint AS recovered, sum(cancelled)::bigint AS cancelled, sum(dead)::bigint AS dead,
    min(hour) AS first_hour, max(hour) AS last_hour, max(newest_job) AS newest_job
FROM report.error_history
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
GROUP BY tenant, kind, code, error
ORDER BY sum(dead) DESC, sum(recovered + cancelled) DESC
LIMIT 50;
