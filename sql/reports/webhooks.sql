-- What webhooks missed: the loss meter.
-- psql -v since='30 days' -f sql/reports/webhooks.sql looks further back than 24 hours.
\if :{?since}
\else
\set since '24 hours'
\endif
SELECT tenant, event_type, hour, happened, told, lost, round(100.0 * lost / nullif(happened, 0), 1) AS lost_percent, repeated,
    round(delay_p50_seconds::numeric, 1) AS delay_p50_seconds, round(delay_p95_seconds::numeric, 1) AS delay_p95_seconds
FROM report.webhook_loss
WHERE hour >= date_trunc('hour', now() - :'since'::interval)
ORDER BY hour DESC, tenant, event_type;
