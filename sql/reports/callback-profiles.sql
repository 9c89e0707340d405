-- Which callback lists go into which queues, and what is wrong with them.
SELECT tenant, profile, source, list, queue, ownership_rule, duplicate_rule, method, age, age_unit, enabled, problem, checked_at,
    polled_at, version, changed_at, changed_by
FROM report.callback_profiles
ORDER BY problem IS NULL, tenant, profile;
