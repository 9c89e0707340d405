-- Which routing rules are in force, and who changed them.
SELECT tenant, version, rules, back_to, note, applied_at, applied_by, in_force
FROM report.route_rules
ORDER BY tenant, version DESC;
