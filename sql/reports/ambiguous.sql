-- Numbers that several have, so that their calls are linked to nobody: by traffic. `trunkline matches decide` ends it.
-- psql -v since='30 days' -f sql/reports/ambiguous.sql looks further back than 30 days.
\if :{?since}
\else
\set since '30 days'
\endif
SELECT tenant, number, calls, candidates, first_at, last_at
FROM report.ambiguous_numbers
WHERE last_at >= now() - :'since'::interval
ORDER BY calls DESC, tenant, number
LIMIT 100;
