-- The last day by the hour.
SELECT tenant, hour, written, adopted, updated, withdrawn, dead, latency_p50_seconds, latency_p95_seconds, latency_p99_seconds
FROM report.throughput_by_hour
WHERE hour > now() - interval '24 hours'
ORDER BY hour DESC, tenant;
