-- Who works on which queue, and what each holds.
SELECT queue, program, host, pid, slots, jobs, oldest_at, started_at, beat_at, expires_at, draining
FROM report.workers
ORDER BY queue, program, host, pid;
