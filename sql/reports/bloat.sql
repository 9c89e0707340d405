-- Which tables and indexes take much more space than their rows need (an estimate).
SELECT table_name, index_name, row_estimate, bytes, needed_bytes, spare_bytes, round((100 * spare_share)::numeric) AS spare_percent
FROM report.bloat
ORDER BY spare_bytes DESC, table_name, index_name
LIMIT 50;
