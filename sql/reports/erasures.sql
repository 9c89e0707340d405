-- Which erasures were asked for, and what they did: when and by whom, not which numbers.
SELECT tenant, erasure_id, state, requested_at, requested_by, why, keep_dynamics, counts, dynamics, finished_at
FROM report.erasures
ORDER BY requested_at DESC
LIMIT 100;
