import Postgres

/// Callback requests that wait for long, or that Enreach would not close.
struct StuckCallbacksCheck: RowCheck {
    static let name = "callbacks"
    static let well = "no callback request waits for long"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, what, requests) = try row.decode(String.self, String.self, Int64.self)
        return .warning(
            name, "\(tenant): \(requests) requests \(what)",
            remedy: "`trunkline callbacks --tenant \(tenant)` lists them; `trunkline why ID` tells the story of one")
    }

    static let question = Statement(
        "command.doctor.callbacks",
        """
        SELECT t.name, w.what, count(*)
        FROM hub.callback c
        JOIN hub.tenant t USING (tenant_id)
        CROSS JOIN LATERAL (
            SELECT 'wait for their phone call for more than 15 minutes' AS what
            WHERE c.state = 'pending' AND c.first_seen_at < now() - interval '15 minutes'
            UNION ALL
            SELECT 'could not be closed in Enreach in the last week' WHERE c.close_state = 'refused' AND c.changed_at > now() - interval '7 days'
        ) w
        -- A month, because that much is found by an index.
        WHERE t.enabled AND c.first_seen_at > now() - interval '31 days'
        GROUP BY t.name, w.what
        ORDER BY t.name, w.what
        """)
}
