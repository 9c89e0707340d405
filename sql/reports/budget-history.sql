-- Requests to Dynamics by the hour: the whole, the busiest minute, and how often the service refused.
-- psql -v since='30 days' -f sql/reports/budget-history.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT tenant, date_trunc('hour', minute) AS hour, sum(requests)::bigint AS requests, round(sum(seconds)::numeric) AS seconds,
    max(requests) AS most_in_a_minute, sum(refusals)::bigint AS refusals
FROM report.dataverse_by_minute
WHERE minute >= date_trunc('hour', now() - :'since'::interval)
GROUP BY tenant, date_trunc('hour', minute)
ORDER BY hour DESC, tenant;
