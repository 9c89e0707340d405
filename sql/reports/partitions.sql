-- Which partitions there are, how large they are, and how far ahead they reach.
SELECT table_name, partition, is_default, from_at, to_at, row_estimate, bytes, total_bytes
FROM report.partitions
ORDER BY table_name, from_at DESC NULLS FIRST;
