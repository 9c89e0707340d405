import FoundationEssentials
package import Postgres

/// Webhooks as they are kept: the replay guard, what is still to be looked at, and the loss meter.
package enum WebhookStore {
    /// Answers true when the event is new; one that stands already is only counted.
    package static let take = Statement(
        "webhook_take",
        """
        INSERT INTO hub.webhook_event AS e (tenant_id, event_id, event_type, entity_id, subject_id, event_at, handled_at, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END, CASE WHEN $7 THEN 'queued' END)
        ON CONFLICT (tenant_id, event_id) DO UPDATE SET copies = e.copies + 1
        RETURNING xmax = 0
        """)

    package static let forget = Statement(
        "webhook_forget",
        """
        DELETE FROM hub.webhook_event WHERE (tenant_id, event_id) IN (
            SELECT tenant_id, event_id FROM hub.webhook_event
            WHERE tenant_id = $1 AND received_at < now() - make_interval(days => $2) LIMIT 10000)
        """)

    package static let statements = [take, forget]

    static func take(_ event: WebhookEvent, tenant: Int32) -> Request {
        Request(
            take,
            [
                tenant, event.id, event.type, event.kept, event.callback ?? event.call, event.at, !event.isCallback,
            ])
    }

    /// Forgets what is older than so many days.
    package static func forget(tenant: Int32, days: Int, on database: Database) async throws {
        while try await database.execute(forget, [tenant, days]) == 10_000 { try Task.checkCancellation() }
    }
}
