/// Users of both vendors, the directory, numbers that several have, settings and their history.
enum GeneratedPeople {
    static func script(_ sizes: Sizes) -> String {
        """
        INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, email, match_state, match_reason, system_user_id)
        SELECT bench.tenant(n), md5('enreach ' || n)::uuid, 'User ' || n, 'user' || n || '@example.com',
            CASE WHEN n % 40 = 0 THEN 'unmatched' ELSE 'matched' END, CASE WHEN n % 40 = 0 THEN 'no_dynamics_user' ELSE 'email' END,
            CASE WHEN n % 40 <> 0 THEN md5('dynamics ' || n)::uuid END
        FROM generate_series(1, \(sizes.people)) n;

        INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name, email, mobile_number, match_state, match_reason,
                                candidates, matched_at)
        SELECT bench.tenant(n), md5('dynamics ' || n)::uuid, CASE WHEN n % 40 <> 0 THEN md5('enreach ' || n)::uuid END, 'User ' || n,
            'user' || n || '@example.com', '+35850' || lpad(n::text, 7, '0'),
            CASE WHEN n % 40 <> 0 THEN 'matched' WHEN n % 200 = 0 THEN 'ambiguous' ELSE 'unmatched' END,
            CASE WHEN n % 40 <> 0 THEN 'email' WHEN n % 200 = 0 THEN 'several_enreach_users' ELSE 'no_enreach_user' END,
            CASE WHEN n % 200 = 0 THEN ARRAY[md5('enreach ' || n)::uuid, md5('enreach ' || n + 1)::uuid] ELSE '{}' END,
            now() - n % 90 * interval '1 day'
        FROM generate_series(1, \(sizes.people)) n;

        INSERT INTO hub.own_number (tenant_id, number, kind, enreach_id, label)
        SELECT bench.tenant(n), '+35850' || lpad(n::text, 7, '0'), 'user', md5('enreach ' || n)::uuid, 'User ' || n
        FROM generate_series(1, \(sizes.people)) n;

        INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, owner_id, generation)
        SELECT bench.tenant(n), md5('entry ' || n)::uuid, (ARRAY['contact', 'contact', 'account', 'lead'])[n % 4 + 1], 'Customer ' || n,
            md5('dynamics ' || n % \(sizes.people) + 1)::uuid, 1
        FROM generate_series(1, \(sizes.entries)) n;
        INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
        SELECT bench.tenant(n), '+35840' || lpad(n::text, 7, '0'), md5('entry ' || n)::uuid, 'telephone1', '040' || lpad(n::text, 7, '0'),
            'national', '40' || lpad(n::text, 7, '0')
        FROM generate_series(1, \(sizes.entries)) n;
        INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
        SELECT bench.tenant(n), '+35840' || lpad((n * 7)::text, 7, '0'), n % 500 + 1, n % 4 + 2,
            now() - interval '60 days' + n % 1000 * interval '1 hour', now() - n % 1400 * interval '1 hour'
        FROM generate_series(1, \(max(sizes.entries / 80, 50))) n ON CONFLICT DO NOTHING;
        INSERT INTO hub.directory_decision (tenant_id, number, chosen_id, chosen_table, decided_by, decided_at, why)
        SELECT tenant_id, number, CASE WHEN n % 10 <> 0 THEN md5('entry ' || substr(number, 7)::bigint)::uuid END,
            CASE WHEN n % 10 <> 0 THEN (ARRAY['contact', 'contact', 'account', 'lead'])[substr(number, 7)::bigint % 4 + 1] END,
            'operator' || n % 7, now() - n * interval '20 minutes', 'asked by the sales team'
        FROM (SELECT *, row_number() OVER (ORDER BY entry_id) AS n FROM hub.directory_number) AS numbers
        WHERE n <= \(max(sizes.entries / 200, 100));
        INSERT INTO hub.directory_load (tenant_id, entry_table, phase, generation, rows_read, pages_read, entries, started_at, completed_at, tracked_at)
        SELECT t.tenant_id, e.name, 'tracking', 1, 100000, 20, 100000, now() - interval '30 days', now() - interval '30 days', now()
        FROM hub.tenant t, unnest(ARRAY['contact', 'account', 'lead']) AS e (name);

        SELECT hub.change_setting(t.tenant_id, 'CallDurationLimit', (n % 10)::text, 'bench') FROM hub.tenant t, generate_series(1, 20) n;
        INSERT INTO hub.operator (name, role, issuer, subject, disabled_at, signed_in_at, created_by)
        SELECT 'operator' || n, (ARRAY['viewer', 'operator', 'administrator'])[n % 3 + 1], 'https://login.example.com/', 'subject ' || n,
            CASE WHEN n % 9 = 8 THEN now() - interval '20 days' END, now() - n * interval '3 hours', 'bench'
        FROM generate_series(0, 39) n;
        INSERT INTO hub.operator_action (tenant_id, at, who, action, target)
        SELECT bench.tenant(n), now() - n * interval '3 minutes', 'operator' || n % 7, (ARRAY['jobs.retry', 'setting.change', 'match.decide'])[n % 3 + 1], n::text
        FROM generate_series(1, 20000) n;
        """
    }
}
