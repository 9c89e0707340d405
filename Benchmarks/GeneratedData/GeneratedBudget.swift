/// The request budget as it is and as it was, and the programs that run.
enum GeneratedBudget {
    static func script(_ sizes: Sizes) -> String {
        """
        INSERT INTO hub.dataverse_budget (tenant_id, width, starting, cut_at) SELECT tenant_id, 24, false, now() - interval '3 hours' FROM hub.tenant;
        INSERT INTO hub.dataverse_server (tenant_id, server, told_at, remaining_seconds, remaining_requests)
        SELECT tenant_id, 'server' || n, now(), 700, 4000 FROM hub.tenant, generate_series(1, 4) n;
        INSERT INTO hub.dataverse_lease (tenant_id, instance, requests, seconds, squares, waiting, expires_at)
        SELECT tenant_id, 'instance' || n, 6, 0.9, 0.3, '{0,0,2,40}', now() + interval '20 seconds' FROM hub.tenant, generate_series(1, 4) n;
        INSERT INTO hub.dataverse_minute (tenant_id, minute, requests, seconds, refusals)
        SELECT tenant_id, minute, 200 + extract(epoch FROM minute)::bigint / 60 * 7919 % 900, 40 + extract(epoch FROM minute)::bigint / 60 % 120,
            (extract(epoch FROM minute)::bigint / 60 % 360 = 0)::integer
        FROM hub.tenant, generate_series(date_trunc('minute', now()) - interval '\(sizes.minuteDays) days', date_trunc('minute', now()) - interval '11 minutes', interval '1 minute') minute;
        INSERT INTO hub.dataverse_spend (tenant_id, server, at, seconds, requests)
        SELECT tenant_id, 'server' || s, now() - n * interval '2 seconds', 0.9, 8 FROM hub.tenant, generate_series(1, 4) s, generate_series(0, 299) n;

        INSERT INTO hub.instance (instance_id, program, version, host, pid, started_at, seen_at, stopped_at, state)
        SELECT md5('run ' || n)::uuid, (ARRAY['call-sync', 'callback-sync', 'user-sync'])[n % 3 + 1], '1.0', 'host' || n % 4, 1000 + n,
            now() - n * interval '4 hours', CASE WHEN n < 13 THEN now() ELSE now() - (n - 12) * interval '4 hours' END,
            CASE WHEN n >= 13 AND n % 50 <> 0 THEN now() - (n - 12) * interval '4 hours' END,
            '{"database": {"state": "ready"}, "dynamics": {"state": "ready"}}'
        FROM generate_series(1, 2000) n;
        INSERT INTO hub.worker (program, host, pid, queue_id, slots, lease, expires_at)
        SELECT 'call-sync', 'host' || n, 1000 + n, hub.job_queue_id('call-sync'), 4, '15 s', now() + interval '15 s' FROM generate_series(1, 4) n;
        """
    }
}
