package import Postgres

/// What the figures of the whole hub are read with: small tables and ranges of an index, never a count of jobs.
package enum HubFigureStore {
    static let depth = Statement(
        "figures_depth",
        """
        SELECT q.name, k.name, d.lane, d.state, d.jobs, extract(epoch FROM now() - d.oldest_at)::double precision,
               extract(epoch FROM now() - d.counted_at)::double precision
        FROM hub.job_depth d
        JOIN hub.job_queue q USING (queue_id)
        JOIN hub.job_kind k USING (kind_id)
        """)

    static let pauses = Statement(
        "figures_pauses",
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(paused_at)), 0)::double precision FROM hub.job_pause")

    /// The upper bound stands in the text of each partition's bound: `FOR VALUES FROM (…) TO ('2026-04-01 00:00:00+00')`.
    static let partitions = Statement(
        "figures_partitions",
        """
        SELECT parent.relname::text,
               coalesce(extract(epoch FROM max(substring(
                   pg_get_expr(child.relpartbound, child.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz) - now()), 0)::double precision
        FROM pg_partitioned_table p
        JOIN pg_class parent ON parent.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = parent.oid AND a.attnum = p.partattrs[0]
        LEFT JOIN pg_inherits i ON i.inhparent = parent.oid
        LEFT JOIN pg_class child ON child.oid = i.inhrelid
        WHERE parent.relnamespace = 'hub'::regnamespace
          AND p.partstrat = 'r' AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype)
        GROUP BY parent.relname
        """)

    static let watermarks = Statement(
        "figures_watermarks",
        """
        SELECT t.name, w.source, extract(epoch FROM now() - w.modified_until)::double precision
        FROM hub.watermark w
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled
        """)

    static let callbackMarks = Statement(
        "figures_callback_marks",
        """
        SELECT t.name, 'callbacks', extract(epoch FROM now() - min(c.polled_at))::double precision
        FROM hub.callback_check c
        JOIN hub.callback_profile p USING (tenant_id, profile_id)
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND p.enabled AND p.deleted_at IS NULL AND p.method <> 'webhook'
          AND c.problem IS NULL AND c.polled_at IS NOT NULL
        GROUP BY t.name
        """)

    /// Of today and the two days before: what came in less what is there in any state. Counted in one snapshot, over an index alone.
    static let callBalance = Statement("figures_call_balance", balance(of: "call"))
    static let callbackBalance = Statement("figures_callback_balance", balance(of: "callback"))

    static let webhookLoss = Statement(
        "figures_webhook_loss",
        """
        SELECT tenant, event_type, sum(told)::bigint, sum(lost)::bigint FROM report.webhook_loss
        WHERE hour >= date_trunc('hour', now()) - interval '1 hour' GROUP BY tenant, event_type
        """)

    static let directory = Statement(
        "figures_directory",
        """
        SELECT t.name, l.entry_table, extract(epoch FROM now() - l.tracked_at)::double precision
        FROM hub.directory_load l
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND l.phase <> 'off' AND l.tracked_at IS NOT NULL
        """)

    package static let statements = [
        depth, pauses, partitions, watermarks, callbackMarks, callBalance, callbackBalance, webhookLoss, directory,
    ]

    private static func balance(of what: String) -> String {
        """
        SELECT t.name, d.ago,
               coalesce((SELECT i.seen FROM hub.\(what)_intake i WHERE i.tenant_id = t.tenant_id AND i.\(what)_day = d.day), 0)
               - (SELECT count(*) FROM hub.\(what) c WHERE c.tenant_id = t.tenant_id AND c.\(what)_day = d.day)
        FROM hub.tenant t
        CROSS JOIN LATERAL (SELECT ago, (now() AT TIME ZONE 'UTC')::date - ago AS day FROM generate_series(0, 2) AS ago) AS d
        WHERE t.enabled
        """
    }
}
