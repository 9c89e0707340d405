import Postgres
import Tenants

/// Programs that can't tell where webhooks come from, because a proxy stands before them whose word they do not take.
struct WebhookSourceCheck: RowCheck {
    static let name = "webhook sources"
    static let well = "no program takes webhooks through a proxy that hides their sources"

    func judge(_ row: Row) throws -> Finding? {
        let (program, place) = try row.decode(String.self, String.self)
        return .warning(
            Self.name,
            "\(program) on \(place) takes webhooks through a proxy, and webhook.networks is compared with the proxy's address, which every caller bears",
            remedy: "set webhook.forwarded: true, and webhook.proxies to the proxy's address, in its configuration")
    }

    static let question = Statement(
        "command.doctor.webhook_sources",
        """
        SELECT program, host || ' (pid ' || pid || ')'
        FROM hub.instance
        WHERE stopped_at IS NULL AND seen_at > now() - interval '1 minute' AND state -> '\(ProxyNotice.check)' ->> 'state' = 'degraded'
        ORDER BY program, host, pid
        """)
}
