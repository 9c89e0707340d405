/// Callback requests of 60 days on two lists of each tenant, one of them told by webhooks.
enum GeneratedCallbacks {
    static func day(_ day: Int, _ sizes: Sizes) -> String {
        let count = sizes.callbacksPerDay
        return (day == sizes.callDays - 1 ? profiles : "") + """
            INSERT INTO hub.callback (
                tenant_id, callback_id, callback_day, state, reason, list_id, list_name, number, requested_at, due_at, enreach_state,
                modified_at, content_hash, first_seen_at, polled_at, changed_at, activity_id, record_state, ignored_for, profile_id,
                profile_version, owner_rule, written_at, setting_version, close_state, closed_at, error_code)
            SELECT tenant_id, callback_id, (requested_at AT TIME ZONE 'UTC')::date, state,
                CASE state WHEN 'ignored' THEN 'same_number' WHEN 'skipped' THEN 'closed_before' WHEN 'dead' THEN 'gave_up' END,
                md5('list ' || tenant_id || list)::uuid, 'List ' || list,
                '+35840' || lpad((CASE WHEN n % 50 = 3 THEN 0 ELSE n * 7919 % 1000000 END)::text, 7, '0'),
                requested_at, CASE WHEN n % 10 < 7 THEN requested_at + interval '4 hours' END,
                CASE WHEN state IN ('written', 'ignored', 'skipped') THEN 'closed' ELSE 'open' END, requested_at, n, seen_at, seen_at,
                seen_at + interval '3 seconds', md5('callback activity ' || n)::uuid,
                CASE WHEN state = 'written' THEN CASE WHEN \(day) < 3 AND h % 5 = 0 THEN 'open' WHEN h % 20 = 1 THEN 'cancelled' ELSE 'completed' END END,
                CASE WHEN state = 'ignored' THEN md5('callback ' || n - 1)::uuid END, md5('profile ' || tenant_id || list)::uuid, 1,
                CASE WHEN state = 'written' THEN 'queue_owner' END,
                CASE WHEN state = 'written' THEN seen_at + (1 + h % 30) * interval '1 second' END, 1,
                CASE WHEN state IN ('written', 'ignored') THEN 'done' END,
                CASE WHEN state IN ('written', 'ignored') THEN seen_at + (2 + h % 40) * interval '1 second' END,
                CASE WHEN state = 'dead' THEN '0x80040265' END
            FROM (
                SELECT *, requested_at + (5 + h % 60) * interval '1 second' AS seen_at,
                    CASE WHEN \(day) = 0 AND i > \(count - 20) THEN 'pending' WHEN h < 860 THEN 'written' WHEN h < 940 THEN 'ignored'
                        WHEN h < 992 THEN 'skipped' ELSE 'dead' END AS state
                FROM (
                    SELECT n, i, bench.tenant(n) AS tenant_id, md5('callback ' || n)::uuid AS callback_id, n * 7919 % 1000 AS h, 1 + n / 100 % 2 AS list,
                        bench.moment(\(day), i::double precision / \(count)) - interval '2 minutes' AS requested_at
                    FROM (SELECT i::bigint, \((sizes.callDays - 1 - day) * count) + i::bigint AS n FROM generate_series(1, \(count)) i) AS numbers
                ) AS made
            ) AS requests;
            """
    }

    private static let profiles = """
        INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, callback_list_id, callback_list_name, queue_id, method, age, age_unit, changed_by)
        SELECT t.tenant_id, md5('profile ' || t.tenant_id || n)::uuid, 'hub', 'List ' || n, md5('list ' || t.tenant_id || n)::uuid, 'List ' || n,
            md5('queue ' || t.tenant_id || n)::uuid, CASE n WHEN 1 THEN 'polling' ELSE 'webhook_with_polling' END, 2, 'days', 'bench'
        FROM hub.tenant t, generate_series(1, 2) n;
        INSERT INTO hub.callback_check (tenant_id, profile_id, queue_name, polled_at)
        SELECT tenant_id, profile_id, 'Queue of ' || name, now() FROM hub.callback_profile;

        """

    static let balance = """
        INSERT INTO hub.callback_intake (tenant_id, callback_day, seen)
        SELECT tenant_id, callback_day, count(*) FROM hub.callback GROUP BY 1, 2;
        """

    /// Stories of the newest requests, in the timeline that those of calls have made.
    static func stories(_ sizes: Sizes) -> String {
        """
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, at, event, reason, instance_id, setting_version)
        SELECT c.tenant_id, 'callback', c.callback_id, c.first_seen_at + step.after, step.event,
            CASE WHEN step.event = c.state THEN c.reason END, md5('instance ' || c.callback_day || 1)::uuid, 1
        FROM hub.callback c
        CROSS JOIN LATERAL (VALUES
            ('seen', interval '0'), ('queued', interval '1 ms'),
            (CASE WHEN c.state <> 'pending' THEN c.state END, interval '3 seconds'),
            (CASE WHEN c.close_state = 'done' THEN 'closed' END, interval '40 seconds')
        ) AS step (event, after)
        WHERE c.callback_day > (now() AT TIME ZONE 'UTC')::date - \(sizes.storyDays) AND step.event IS NOT NULL;
        """
    }
}
