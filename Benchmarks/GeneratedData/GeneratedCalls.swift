/// Calls of 60 days, as they stand long after: mostly written, some skipped, the newest still waiting.
enum GeneratedCalls {
    static func day(_ day: Int, _ sizes: Sizes) -> String {
        let count = sizes.callsPerDay
        let numbers = max(sizes.calls / 7, 1_000)
        return """
            INSERT INTO hub.call (
                tenant_id, call_id, call_day, state, reason, privacy, direction, answered, internal, started_at, ended_at, talk_seconds,
                own_number, other_number, enreach_user_id, user_name, legs, content_hash, modified_at, first_seen_at, changed_at,
                activity_id, written_version, written, owner_id, owner_rule, regarding_table, regarding_id, match_rule, written_at,
                setting_version, error_code, error_text)
            SELECT tenant_id, call_id, (started_at AT TIME ZONE 'UTC')::date, state,
                CASE state
                    WHEN 'skipped' THEN CASE
                        WHEN h < 710 THEN 'private' WHEN h < 740 THEN 'unclassified' WHEN h < 800 THEN 'internal' WHEN h < 870 THEN 'missed'
                        WHEN h < 910 THEN 'unanswered' ELSE 'too_short' END
                    WHEN 'withdrawn' THEN 'withdrawn_deleted'
                    WHEN 'dead' THEN CASE WHEN h % 2 = 0 THEN 'refused' ELSE 'gave_up' END
                END,
                CASE WHEN is_private THEN 'private' WHEN state = 'withdrawn' OR (state = 'skipped' AND h < 740) THEN 'undefined' ELSE 'work' END,
                CASE WHEN h % 3 = 0 THEN 'outbound' ELSE 'inbound' END, h NOT BETWEEN 800 AND 909, h BETWEEN 740 AND 799,
                started_at, started_at + (10 + h % 300) * interval '1 second', 5 + h % 300,
                CASE WHEN NOT is_private THEN '+35850' || lpad((n % \(sizes.people))::text, 7, '0') END, other_number,
                md5('enreach ' || n % \(sizes.people))::uuid, 'user' || n % \(sizes.people) || '@example.com',
                jsonb_build_array(jsonb_build_object('user', n % \(sizes.people), 'talk', 5 + h % 300, 'ring', h % 20)),
                n, seen_at, seen_at, seen_at + interval '4 seconds', md5('activity ' || n)::uuid,
                CASE WHEN state IN ('written', 'adopted', 'withdrawn') THEN 1 END,
                CASE WHEN state IN ('written', 'adopted') THEN jsonb_build_object('subject', 'Call from Customer ' || n, 'phonenumber', other_number) END,
                CASE WHEN state IN ('written', 'adopted') THEN md5('dynamics ' || n % \(sizes.people))::uuid END,
                CASE WHEN state IN ('written', 'adopted') THEN 'enreach_id' END,
                CASE WHEN is_linked THEN 'contact' END, CASE WHEN is_linked THEN md5('entry ' || n)::uuid END,
                CASE WHEN state IN ('written', 'adopted') THEN CASE
                    WHEN m < 45 THEN 'only_entry' WHEN m < 55 THEN 'last_interaction' WHEN m < 60 THEN 'owner_is_agent' WHEN m < 62 THEN 'decided'
                    WHEN m < 92 THEN 'unknown' WHEN m < 95 THEN 'ambiguous' ELSE 'no_number' END END,
                CASE WHEN state IN ('written', 'adopted', 'withdrawn') THEN seen_at + interval '4 seconds' END, 1,
                CASE WHEN state = 'dead' THEN '0x80040265' END, CASE WHEN state = 'dead' THEN 'The record can''t be created.' END
            FROM (
                SELECT *, started_at + (18 + h % 300) * interval '1 second' AS seen_at, state = 'skipped' AND h < 710 AS is_private,
                    state IN ('written', 'adopted') AND m < 62 AS is_linked,
                    CASE WHEN NOT (state = 'skipped' AND h < 710) AND m < 95
                        -- One number calls all day long: a switchboard.
                        THEN '+35840' || lpad((CASE WHEN n % 250 = 3 THEN 0 ELSE n * 7919 % \(numbers) END)::text, 7, '0') END AS other_number
                FROM (
                    SELECT n, bench.tenant(n) AS tenant_id, md5('call ' || n)::uuid AS call_id, n * 7919 % 1000 AS h, n * 104729 % 100 AS m,
                        bench.moment(\(day), i::double precision / \(count)) - interval '6 minutes' AS started_at,
                        CASE
                            WHEN \(day) = 0 AND i > \(count - max(count / 1_000, 10)) THEN 'pending'
                            WHEN n * 7919 % 1000 < 580 OR n * 7919 % 1000 >= 990 THEN 'written'
                            WHEN n * 7919 % 1000 < 660 THEN 'adopted'
                            WHEN n * 7919 % 1000 < 970 THEN 'skipped'
                            WHEN n * 7919 % 1000 < 985 THEN 'withdrawn'
                            ELSE 'dead'
                        END AS state
                    FROM (SELECT i::bigint, \((sizes.callDays - 1 - day) * count) + i::bigint AS n FROM generate_series(1, \(count)) i) AS numbers
                ) AS decided
            ) AS calls;
            """
    }

    /// The other side of the balance, and the hours' figures.
    static let balance = """
        INSERT INTO hub.call_intake (tenant_id, call_day, seen)
        SELECT tenant_id, call_day, sum(calls) FROM hub.call_tally GROUP BY 1, 2;
        INSERT INTO hub.call_hour (tenant_id, hour, instance_id, written, adopted, updated, withdrawn, skipped, dead, latency)
        SELECT tenant_id, hour, md5('instance ' || hour::date || n)::uuid, written / 2, adopted / 2, written / 20, withdrawn / 2, 0, dead / 2,
            ARRAY[0, written / 40, written / 20, written / 10, written / 8, written / 8, written / 20, written / 40, 0, 0, 0, 0, 0, 0, 0, 0]
        FROM (
            SELECT tenant_id, date_trunc('hour', changed_at) AS hour, count(*) FILTER (WHERE state = 'written') AS written,
                count(*) FILTER (WHERE state = 'adopted') AS adopted, count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
                count(*) FILTER (WHERE state = 'dead') AS dead
            FROM hub.call GROUP BY 1, 2
        ) AS hours, generate_series(1, 2) n;
        """

    /// Stories of the newest calls: the timeline of a hub has a row for each step.
    static func stories(_ sizes: Sizes) -> String {
        """
        DO $$
        DECLARE
            month timestamptz := date_trunc('month', now() - \(sizes.storyDays) * interval '1 day', 'UTC');
            name text := 'timeline_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        BEGIN
            IF to_regclass('hub.' || name) IS NULL THEN
                EXECUTE format('CREATE TABLE hub.%I PARTITION OF hub.timeline FOR VALUES FROM (%L) TO (%L)', name, month, month + interval '1 month');
            END IF;
        END $$;
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, at, event, reason, instance_id, setting_version, detail)
        SELECT c.tenant_id, 'call', c.call_id, c.first_seen_at + step.after, step.event, CASE WHEN step.event = 'skipped' THEN c.reason END,
            md5('instance ' || c.call_day || 1)::uuid, 1, CASE WHEN step.event = 'written' THEN '{"lane": 0, "took_ms": 180}'::jsonb END
        FROM hub.call c
        CROSS JOIN LATERAL (VALUES
            ('seen', interval '0'),
            (CASE WHEN c.state = 'skipped' THEN 'skipped' ELSE 'queued' END, interval '1 ms'),
            (CASE WHEN c.state IN ('written', 'adopted', 'dead', 'withdrawn') THEN replace(c.state, 'withdrawn', 'written') END, interval '4 seconds'),
            (CASE WHEN c.state = 'withdrawn' THEN 'withdrawn' END, interval '90 seconds')
        ) AS step (event, after)
        WHERE c.call_day > (now() AT TIME ZONE 'UTC')::date - \(sizes.storyDays) AND step.event IS NOT NULL;
        """
    }

    /// Webhooks of the last week: one in 25 never came, one in 200 came twice.
    static let webhooks = """
        INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, entity_id, subject_id, event_at, received_at, copies, handled_at, outcome)
        SELECT tenant_id, md5('event ' || content_hash)::uuid, 'CallEnded', md5('queue ' || tenant_id)::uuid, call_id, ended_at,
            ended_at + (300 + content_hash % 2000) * interval '1 ms', CASE WHEN content_hash % 200 = 0 THEN 2 ELSE 1 END,
            ended_at + interval '3 seconds', 'queued'
        FROM hub.call
        WHERE call_day >= (now() AT TIME ZONE 'UTC')::date - 7 AND ended_at > now() - interval '7 days' AND content_hash % 25 <> 0;
        INSERT INTO hub.webhook_event (tenant_id, event_id, event_type, entity_id, subject_id, event_at, received_at, handled_at, outcome)
        SELECT tenant_id, md5('event ' || callback_id)::uuid, 'CallbackCreated', list_id, callback_id, requested_at,
            requested_at + (200 + content_hash % 1000) * interval '1 ms', requested_at + interval '3 seconds', 'read'
        FROM hub.callback WHERE requested_at > now() - interval '7 days' AND content_hash % 25 <> 0;
        """
}
