-- How much of Dynamics' limits is used at this moment, and what waits for them.
SELECT tenant, width, starting, cut_at, is_blocked, blocked_until, in_flight, waiting_live, waiting_callback, waiting_late,
    waiting_backfill, instances, servers, requests_5_min, round((100 * requests_share)::numeric, 1) AS requests_percent, seconds_5_min,
    round((100 * seconds_share)::numeric, 1) AS seconds_percent, changed_at
FROM report.dataverse_budget
ORDER BY greatest(requests_share, seconds_share) DESC NULLS LAST, tenant;
