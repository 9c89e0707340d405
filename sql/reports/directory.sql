-- How current the directory of numbers is.
SELECT tenant, dynamics_table, phase, entries, rows_read, pages_read, unreadable_numbers, load_started_at, load_completed_at, tracked_at,
    resync_reason, error_code
FROM report.directory
ORDER BY tenant, dynamics_table;
