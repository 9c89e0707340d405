-- Does every call have its place? Differences first, then the last two weeks.
SELECT tenant, day, seen, written, adopted, skipped, pending, dead, withdrawn, difference, skipped_by_reason
FROM report.daily_balance
WHERE day > current_date - 14
ORDER BY difference <> 0 DESC, day DESC, tenant;
