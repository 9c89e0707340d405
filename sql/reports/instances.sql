-- Which programs run, in which version, and what they say is not well.
-- psql -v since='30 days' -f sql/reports/instances.sql looks further back than 7 days.
\if :{?since}
\else
\set since '7 days'
\endif
SELECT program, version, host, pid, state, started_at, seen_at, stopped_at, troubles
FROM report.instances
WHERE seen_at >= now() - :'since'::interval
ORDER BY state = 'running' DESC, program, seen_at DESC
LIMIT 500;
