-- What waits for an operator: the dead letter by what went wrong, the most frequent first.
SELECT tenant, kind, code, error, jobs, first_at, last_at, newest_job
FROM report.failures
ORDER BY jobs DESC, last_at DESC
LIMIT 50;
