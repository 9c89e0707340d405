-- What waits, and since when.
SELECT queue, kind, lane, state, jobs, oldest_at, round(oldest_seconds) AS oldest_seconds
FROM report.queue_state
ORDER BY state = 'dead' DESC, oldest_at;
