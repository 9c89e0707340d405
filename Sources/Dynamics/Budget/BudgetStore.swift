import Postgres

/// The statements of the shared budget. All of them run while the tenant's row is locked.
struct BudgetStore {
    let tenant: Int32
    let instance: String

    static let statements = [
        create, lock, spends, servers, leases, spend, tell, lease, release, pace, tidyLeases, tidySpends, tidyServers,
    ]

    static let create = Statement(
        "dataverse_budget_create",
        """
        INSERT INTO hub.dataverse_budget (tenant_id, width) VALUES ($1, $2)
        ON CONFLICT DO NOTHING
        """)

    // A lost commit costs nothing here: what was spent is told by the service itself with the next answer.
    static let lock = Statement(
        "dataverse_budget_lock",
        """
        SELECT width, starting,
               extract(epoch FROM cut_at)::double precision,
               extract(epoch FROM blocked_until)::double precision,
               extract(epoch FROM clock_timestamp())::double precision,
               set_config('synchronous_commit', 'off', true)
        FROM hub.dataverse_budget
        WHERE tenant_id = $1
        FOR UPDATE
        """)

    static let spends = Statement(
        "dataverse_budget_spends",
        """
        SELECT seq, server, extract(epoch FROM at)::double precision, seconds, requests
        FROM hub.dataverse_spend
        WHERE tenant_id = $1 AND seq > $2
        ORDER BY seq
        """)

    static let servers = Statement(
        "dataverse_budget_servers",
        """
        SELECT server, extract(epoch FROM told_at)::double precision, remaining_seconds, remaining_requests
        FROM hub.dataverse_server
        WHERE tenant_id = $1
        """)

    static let leases = Statement(
        "dataverse_budget_leases",
        """
        SELECT instance, requests, seconds, squares, waiting, extract(epoch FROM expires_at)::double precision
        FROM hub.dataverse_lease
        WHERE tenant_id = $1 AND instance <> $2
        """)

    static let spend = Statement(
        "dataverse_budget_spend",
        """
        INSERT INTO hub.dataverse_spend (tenant_id, server, at, seconds, requests)
        SELECT $1, s.server, to_timestamp(s.at), s.seconds, s.requests
        FROM unnest($2::text[], $3::double precision[], $4::double precision[], $5::integer[])
             AS s (server, at, seconds, requests)
        RETURNING seq
        """)

    static let tell = Statement(
        "dataverse_budget_tell",
        """
        INSERT INTO hub.dataverse_server AS known (tenant_id, server, told_at, remaining_seconds, remaining_requests)
        SELECT $1, s.server, to_timestamp(s.at), s.seconds, s.requests
        FROM unnest($2::text[], $3::double precision[], $4::double precision[], $5::integer[])
             AS s (server, at, seconds, requests)
        ON CONFLICT (tenant_id, server) DO UPDATE
        SET told_at = excluded.told_at,
            remaining_seconds = excluded.remaining_seconds,
            remaining_requests = excluded.remaining_requests
        WHERE known.told_at <= excluded.told_at
        """)

    static let lease = Statement(
        "dataverse_budget_lease",
        """
        INSERT INTO hub.dataverse_lease (tenant_id, instance, requests, seconds, squares, waiting, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::double precision))
        ON CONFLICT (tenant_id, instance) DO UPDATE
        SET requests = excluded.requests, seconds = excluded.seconds, squares = excluded.squares,
            waiting = excluded.waiting, expires_at = excluded.expires_at
        """)

    static let release = Statement(
        "dataverse_budget_release",
        """
        DELETE FROM hub.dataverse_lease
        WHERE tenant_id = $1 AND instance = $2
        """)

    static let pace = Statement(
        "dataverse_budget_pace",
        """
        UPDATE hub.dataverse_budget
        SET width = $2, starting = $3, cut_at = to_timestamp($4::double precision),
            blocked_until = to_timestamp($5::double precision), changed_at = now()
        WHERE tenant_id = $1
        """)

    static let tidyLeases = Statement(
        "dataverse_budget_tidy_leases",
        """
        DELETE FROM hub.dataverse_lease
        WHERE tenant_id = $1 AND expires_at < to_timestamp($2::double precision)
        """)

    static let tidySpends = Statement(
        "dataverse_budget_tidy_spends",
        """
        DELETE FROM hub.dataverse_spend
        WHERE tenant_id = $1 AND at < to_timestamp($2::double precision)
        """)

    static let tidyServers = Statement(
        "dataverse_budget_tidy_servers",
        """
        DELETE FROM hub.dataverse_server
        WHERE tenant_id = $1 AND told_at < to_timestamp($2::double precision)
        """)
}
