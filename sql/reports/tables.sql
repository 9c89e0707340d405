-- How large the hub's tables are, partitions and indexes included.
SELECT table_name, partitions, row_estimate, bytes, index_bytes, other_bytes, total_bytes, dead_rows, vacuumed_at, analysed_at
FROM report.tables
ORDER BY total_bytes DESC, table_name;
