import FoundationEssentials
import Postgres

/// Events of callback lists that wait to be looked at.
enum WebhookEventStore {
    /// Those that wait for a list, the oldest that nobody looked at first; `$2` null are those that name none.
    static let waiting = Statement(
        "webhook_waiting",
        """
        SELECT event_id, subject_id, coalesce(event_at, received_at), received_at, looked_at IS NOT NULL
        FROM hub.webhook_event
        WHERE tenant_id = $1 AND entity_id IS NOT DISTINCT FROM $2 AND handled_at IS NULL
        ORDER BY looked_at NULLS FIRST, received_at LIMIT 5000
        """)

    static let handled = Statement(
        "webhook_handled",
        """
        UPDATE hub.webhook_event SET handled_at = now(), outcome = $3
        WHERE tenant_id = $1 AND event_id = ANY ($2)
        """)

    /// They were looked at in vain.
    static let missed = Statement(
        "webhook_missed", "UPDATE hub.webhook_event SET looked_at = now() WHERE tenant_id = $1 AND event_id = ANY ($2)")

    /// Events that tell what the hub itself has done, or is about to do.
    static let settleKnown = Statement(
        "webhook_settle_known",
        """
        UPDATE hub.webhook_event e SET handled_at = now(), outcome = 'known'
        FROM hub.callback c
        WHERE e.tenant_id = $1 AND e.entity_id IS NOT DISTINCT FROM $2 AND e.handled_at IS NULL AND e.event_type = 'CallbackClosed'
          AND c.tenant_id = e.tenant_id AND c.callback_id = e.subject_id AND c.close_state IN ('due', 'done', 'elsewhere')
        """)

    static let statements = [waiting, handled, missed, settleKnown]

    struct Event: Sendable {
        let id: UUID
        let callback: UUID?
        let at: Date
        let receivedAt: Date
        /// It was looked at, and the API did not show what it names.
        let wasMissed: Bool
    }

    static func waiting(list: UUID?, tenant: Int32, on database: Database) async throws -> [Event] {
        try await database.query(waiting, [tenant, list]).map { row in
            let (id, callback, at, received, missed) = try row.decode(
                UUID.self, UUID?.self, Date.self, Date.self, Bool.self)
            return Event(id: id, callback: callback, at: at, receivedAt: received, wasMissed: missed)
        }
    }
}
