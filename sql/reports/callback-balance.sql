-- Does every callback request have its place? Differences first, then the latest days.
-- psql -v since='30 days' -f sql/reports/callback-balance.sql looks further back than 14 days.
\if :{?since}
\else
\set since '14 days'
\endif
SELECT tenant, day, seen, written, bundled, ignored, skipped, pending, dead, closed, difference
FROM report.callback_balance
WHERE day >= ((now() - :'since'::interval) AT TIME ZONE 'UTC')::date
ORDER BY difference <> 0 DESC, day DESC, tenant;
