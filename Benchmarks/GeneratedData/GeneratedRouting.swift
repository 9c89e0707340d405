/// Routing decisions of two weeks, and the rules they were made by.
enum GeneratedRouting {
    static func partitions(_ sizes: Sizes) -> String {
        """
        DO $$
        DECLARE
            day date;
            name text;
        BEGIN
            FOR day IN SELECT (now() AT TIME ZONE 'UTC')::date - n FROM generate_series(0, \(sizes.decisionDays + 1)) n LOOP
                name := 'route_decision_' || to_char(day, 'YYYY_MM_DD');
                CONTINUE WHEN to_regclass('hub.' || name) IS NOT NULL;
                EXECUTE format('CREATE TABLE hub.%I PARTITION OF hub.route_decision FOR VALUES FROM (%L) TO (%L)',
                               name, day || ' 00:00+00', day + 1 || ' 00:00+00');
            END LOOP;
        END $$;
        """
    }

    static func day(_ day: Int, _ sizes: Sizes) -> String {
        let count = sizes.decisionsPerDay
        return """
            INSERT INTO hub.route_decision (tenant_id, at, seq, instance_id, call_id, anum, bnum, masked, outcome, reason, rule, initial_target,
                                            took_us, rule_version, directory_version, question, trace)
            SELECT bench.tenant(n), bench.moment(\(day), i::double precision / \(count)), n, md5('router ' || n % 2)::uuid, md5('call ' || n)::uuid::text,
                '+35840' || lpad((n * 7919 % 1000000)::text, 7, '0'), '+35893100500', false,
                CASE WHEN n % 5 < 2 THEN 'route' WHEN n % 100 = 4 THEN 'disconnect' ELSE 'standard' END,
                CASE WHEN n % 5 < 2 OR n % 100 = 4 THEN 'rule' WHEN n % 7 = 0 THEN 'arrived' ELSE 'no_rule' END,
                CASE WHEN n % 5 < 2 OR n % 100 = 4 THEN 'rule ' || n % 12 END, CASE WHEN n % 5 < 2 THEN '+35893100' || 501 + n % 40 END,
                60 + n * 7919 % 400, 5, 12,
                jsonb_build_object('caller', 'known', 'segment', 'T' || n % 12, 'language', 'fi'),
                jsonb_build_array('the caller is known by the number', '- rule 1: the segment is another', '+ rule ' || n % 12 || ': the caller is known')
            FROM (SELECT i::bigint, \((sizes.decisionDays - 1 - day) * count) + i::bigint AS n FROM generate_series(1, \(count)) i) AS numbers;
            """
    }

    /// Five versions, each with another target for one of its twelve rules.
    static let rules = """
        INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, note, applied_at, applied_by)
        SELECT t.tenant_id, v, 'queues: {main: +35893100500}' || E'\\nrules:\\n' || string_agg(
                '  - {name: rule ' || r || ', when: {segment: T' || r || ', language: fi}, to: +35893100' || 501 + r + CASE WHEN r = v THEN 40 ELSE 0 END || '}',
                E'\\n' ORDER BY r), 12,
            'change ' || v, now() - (6 - v) * interval '9 days', 'operator' || v
        FROM hub.tenant t, generate_series(1, 5) v, generate_series(0, 11) r
        GROUP BY t.tenant_id, v;

        """
}
