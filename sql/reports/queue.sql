-- What waits, and since when; the dead first.
SELECT queue, kind, lane, state, jobs, oldest_at, round(oldest_seconds) AS oldest_seconds, counted_at
FROM report.queue_state
ORDER BY state = 'dead' DESC, oldest_at;
