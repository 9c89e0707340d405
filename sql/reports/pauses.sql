-- What is paused, by whom and why.
SELECT coalesce(kind, 'every kind') AS kind, coalesce(tenant, 'every tenant') AS tenant, reason, paused_by, paused_at
FROM report.pauses
ORDER BY paused_at;
