-- Who is whom: the users of Dynamics with their Enreach users.
SELECT tenant, name, email, enreach_email, state, reason, enreach_name, has_mobile, write_error, matched_at
FROM report.people
ORDER BY tenant, name;
