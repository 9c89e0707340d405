-- How many calls found whom they are regarding, and by which rule.
-- psql -v since='30 days' -f sql/reports/matching.sql looks further back than 14 days.
\if :{?since}
\else
\set since '14 days'
\endif
SELECT tenant, day, outcome, match_rule, calls,
    round(100 * calls / sum(calls) OVER (PARTITION BY tenant, day), 1) AS percent
FROM report.matching_by_day
WHERE day >= ((now() - :'since'::interval) AT TIME ZONE 'UTC')::date
ORDER BY day DESC, tenant, calls DESC;
