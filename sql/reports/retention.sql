-- How long each kind of data is kept, and the oldest there is.
SELECT data, tenant, rule, kept_days, oldest_at, is_late
FROM report.retention
ORDER BY is_late DESC NULLS LAST, data, tenant;
