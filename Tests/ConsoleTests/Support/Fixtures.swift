import Postgres

@testable import Console

/// Something to see on every page, with texts that would be tags if they were not escaped.
enum Fixtures {
    static let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"

    /// A tenant `acme` with calls, jobs of every state, and what goes with them. Jobs: 901 to 903 dead, 911 ready, 912 running, 913
    /// waiting, 914 retry, 921 done. The call …901, the callback …931, routing rules of versions 1 and 2, the contact …941
    /// with the number +358401234567, a decision about +358401234599.
    static func add(to console: TestConsole) async throws {
        let quoted = evil.replacing("'", with: "''")
        let json = evil.replacing("\"", with: "\\\"").replacing("'", with: "''")
        try await console.sql(
            """
            INSERT INTO hub.tenant (name, region) VALUES ('acme', 'FI'), ('beta', 'NL');
            SELECT hub.job_queue_id('default'), hub.job_kind_id('call.write'), hub.job_kind_id('people.match');
            INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, key, error, payload, enqueued_at, died_at)
            SELECT n, n, 1, 1, CASE WHEN n = 903 THEN 2 ELSE 1 END, 0, 20, 20, '00000000-0000-4000-8000-000000000' || n,
                jsonb_build_object('code', 'E' || n % 2, 'message', '\(json)', 'attempt', 20, 'at', now(), 'detail', jsonb_build_object('said', '\(json)')),
                jsonb_build_object('note', '\(json)'), now() - interval '1 hour', now() - n % 10 * interval '1 minute'
            FROM generate_series(901, 903) AS n;
            INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload) VALUES (911, 911, 1, 1, 1, 0, 20, '{}');
            INSERT INTO hub.job_lease (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, worker_id) VALUES (912, 912, 1, 1, 1, 0, 20, '{}', 1);
            INSERT INTO hub.job_wait (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, key) VALUES (913, 913, 1, 1, 1, 0, 20, '{}', '\(quoted)');
            INSERT INTO hub.job_later (id, seq, tenant_id, queue_id, kind_id, lane, attempts, max_attempts, payload, run_at, reason, has_key, error)
                VALUES (914, 914, 2, 1, 2, 3, 2, 20, '{}', now() + interval '1 hour', 'retry', false, jsonb_build_object('code', '\(json)', 'message', 'again'));
            INSERT INTO hub.job_done (id, enqueued_at, claimed_at, tenant_id, queue_id, kind_id, lane, attempts, payload, note)
                VALUES (921, now() - interval '2 s', now() - interval '1 s', 1, 1, 1, 0, 1, '{}', '\(quoted)');
            INSERT INTO hub.job_pause (kind_id, tenant_id, reason, paused_by) VALUES (2, 2, '\(quoted)', '\(quoted)');
            INSERT INTO hub.job_stat (minute, queue_id, kind_id, worker_id, done, retried, wait_ms, run_ms)
                SELECT date_trunc('minute', now()) - n * interval '1 minute', 1, 1, 1, 10 + n, 1, 100, 100 FROM generate_series(0, 30) AS n;
            SELECT setval('hub.job_seq', 1000);
            SELECT hub.job_count();
            INSERT INTO hub.instance (instance_id, program, version, host, pid, state) VALUES
                (gen_random_uuid(), 'call-sync', '1', '\(quoted)', 1, jsonb_build_object('database', jsonb_build_object('state', 'degraded', 'text', '\(json)')));
            INSERT INTO hub.worker (program, host, pid, queue_id, slots, lease, expires_at) VALUES ('call-sync', '\(quoted)', 1, 1, 8, '15 s', now() + interval '15 s');
            INSERT INTO hub.dataverse_budget (tenant_id, width) VALUES (1, 12);
            INSERT INTO hub.dataverse_spend (tenant_id, server, at, seconds, requests) VALUES (1, 's', now(), 600, 3000);
            INSERT INTO hub.call_intake (tenant_id, call_day, seen) VALUES (1, (now() AT TIME ZONE 'UTC')::date, 2);
            INSERT INTO hub.call (tenant_id, call_id, call_day, state, reason, privacy, direction, answered, started_at, talk_seconds, other_number, other_raw,
                user_name, queue_name, legs, content_hash, activity_id, written_at, error_code, error_text)
            VALUES
                (1, '00000000-0000-4000-8000-000000000901', (now() AT TIME ZONE 'UTC')::date, 'dead', 'gave_up', 'work', 'inbound', true, now(), 60,
                    '+358401234567', '\(quoted)', '\(quoted)', '\(quoted)', '[]', 1, gen_random_uuid(), NULL, 'E1', '\(quoted)'),
                (1, '00000000-0000-4000-8000-000000000902', (now() AT TIME ZONE 'UTC')::date, 'written', NULL, 'work', 'outbound', true, now(), 60,
                    '+358401234568', NULL, '\(quoted)', NULL, '[]', 2, gen_random_uuid(), now(), NULL, NULL);
            INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, reason, detail, at) VALUES
                (1, 'call', '00000000-0000-4000-8000-000000000901', 'retry', NULL, jsonb_build_object('error', '\(json)'), now() - interval '1 minute'),
                (1, 'call', '00000000-0000-4000-8000-000000000901', 'dead', 'gave_up', '{}', now());
            INSERT INTO hub.callback (tenant_id, callback_id, callback_day, state, reason, list_id, list_name, number, requested_at,
                enreach_state, content_hash, activity_id, error_text)
            VALUES (1, '00000000-0000-4000-8000-000000000931', (now() AT TIME ZONE 'UTC')::date, 'dead', 'gave_up', gen_random_uuid(),
                '\(quoted)', '+358401234567', now(), 'open', 1, gen_random_uuid(), '\(quoted)');
            INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by, note) VALUES
                (1, 1, E'# \(quoted)\ntimezone: Europe/Helsinki\nrules:\n  - {name: all, to: "+358401234569"}\n', 1, '\(quoted)', '\(quoted)'),
                (1, 2, E'# \(quoted)\ntimezone: Europe/Helsinki\nrules:\n  - {name: some, to: "+358401234568"}\n', 1, '\(quoted)', '\(quoted)');
            INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, generation)
                VALUES (1, '00000000-0000-4000-8000-000000000941', 'contact', '\(quoted)', 1);
            INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
                VALUES (1, '+358401234567', '00000000-0000-4000-8000-000000000941', 'telephone1', '\(quoted)', 'international', '401234567');
            INSERT INTO hub.directory_decision (tenant_id, number, chosen_table, chosen_id, decided_by, why)
                VALUES (1, '+358401234599', 'contact', '00000000-0000-4000-8000-000000000941', '\(quoted)', '\(quoted)');
            INSERT INTO hub.operator_action (tenant_id, who, action, target, detail) VALUES (1, '\(quoted)', 'test.action', '\(quoted)', jsonb_build_object('why', '\(json)'));
            """)
    }
}
