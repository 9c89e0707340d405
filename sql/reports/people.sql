-- Who has no match on the other side, and why. `trunkline users set` says who is whom.
SELECT tenant, side, name, email, state, reason, candidates, since
FROM report.people_without_match
ORDER BY tenant, side, state, name;
