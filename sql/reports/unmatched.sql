-- Numbers that call or are called most, and that nobody in the directory has.
-- psql -v since='30 days' -f sql/reports/unmatched.sql looks further back than 2 days.
\if :{?since}
\else
\set since '2 days'
\endif
SELECT tenant, number, count(*) AS calls, min(day) AS first_day, max(day) AS last_day
FROM report.unmatched_calls
WHERE day >= ((now() - :'since'::interval) AT TIME ZONE 'UTC')::date
GROUP BY tenant, number
ORDER BY calls DESC, tenant, number
LIMIT 100;
