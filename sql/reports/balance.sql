-- Does every call have its place? Differences first, then the latest days.
-- psql -v since='30 days' -f sql/reports/balance.sql looks further back than 14 days.
\if :{?since}
\else
\set since '14 days'
\endif
SELECT tenant, day, seen, written, adopted, skipped, pending, dead, withdrawn, difference, skipped_by_reason
FROM report.daily_balance
WHERE day >= ((now() - :'since'::interval) AT TIME ZONE 'UTC')::date
ORDER BY difference <> 0 DESC, day DESC, tenant;
