-- Callback requests whose time has passed while their phone call is open, the longest overdue first.
-- psql -v since='30 days' -f sql/reports/overdue-callbacks.sql looks further back than 7 days.
\if :{?since}
\else
\set since '7 days'
\endif
SELECT tenant, list, number, requested_at, due_at, queue, activity_id, callback_id
FROM report.callbacks
WHERE state = 'written' AND record_state = 'open' AND due_at >= now() - :'since'::interval AND due_at < now()
ORDER BY due_at
LIMIT 100;
