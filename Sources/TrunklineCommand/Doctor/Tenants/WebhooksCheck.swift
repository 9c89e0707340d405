import Postgres

/// Webhooks that do not arrive: calls and requests wait for the next poll.
struct WebhooksCheck: RowCheck {
    static let name = "webhooks"
    static let well = "webhooks tell of what happens, where they are in use"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, event, happened, lost) = try row.decode(String.self, String.self, Int64.self, Int64.self)
        return Self.judge(tenant, event, happened: happened, lost: lost)
    }

    static func judge(_ tenant: String, _ event: String, happened: Int64, lost: Int64) -> Finding? {
        guard happened >= 20, lost * 5 >= happened else { return nil }
        let text = "\(tenant), \(event): of \(happened) in the last day, webhooks told \(happened - lost); polling found the rest"
        let remedy =
            "look at the vendor's webhook configuration, the proxy before the listener, and trunkline_webhooks_total by result"
        return lost == happened ? .failure(name, text, remedy: remedy) : .warning(name, text, remedy: remedy)
    }

    static let question = Statement(
        "command.doctor.webhooks",
        """
        SELECT tenant, event_type, sum(happened)::bigint, sum(lost)::bigint
        FROM report.webhook_loss
        WHERE hour > now() - interval '1 day'
        GROUP BY tenant, event_type
        ORDER BY tenant, event_type
        """)
}
