-- Where calls were sent, by rule, and how long answers took.
-- psql -v since='30 days' -f sql/reports/routing.sql looks further back than 7 days.
\if :{?since}
\else
\set since '7 days'
\endif
SELECT tenant, rule, outcome, reason, sum(calls)::bigint AS calls, round(sum(calls * average_us) / sum(calls))::integer AS average_us,
    max(longest_us) AS longest_us, max(hour) AS last_hour
FROM report.routing_by_hour
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
GROUP BY tenant, rule, outcome, reason
ORDER BY tenant, calls DESC, rule, outcome, reason;
