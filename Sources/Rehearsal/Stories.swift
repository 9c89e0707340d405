import Foundation
import Postgres

/// Some calls and callback requests of the morning, told by the `trunkline why` that an administrator would use.
struct Stories: Sendable {
    let hub: RehearsedHub

    func tell() async throws -> String {
        var text = ""
        for row in try await hub.database.query(Self.examples) {
            let (id, title) = try row.decode(UUID.self, String.self)
            text += "\n— \(title): trunkline why \(id.uuidString.lowercased())\n\n"
            text += try await hub.command(["why", id.uuidString.lowercased()])
        }
        return text
    }

    private static let examples = Statement(
        "rehearsal_examples",
        """
        (SELECT call_id, 'a call that was updated after it was written' FROM hub.call
         WHERE state = 'written' AND content_version > 1 ORDER BY started_at DESC LIMIT 1)
        UNION ALL
        (SELECT call_id, 'a call that the agent''s own client had recorded' FROM hub.call
         WHERE state = 'adopted' ORDER BY started_at DESC LIMIT 1)
        UNION ALL
        (SELECT call_id, 'a call that was left out' FROM hub.call
         WHERE state = 'skipped' AND reason = 'too_short' ORDER BY started_at DESC LIMIT 1)
        UNION ALL
        (SELECT callback_id, 'a callback request that was bundled with others of its number' FROM hub.callback
         WHERE state = 'written' AND bundle_id IS NOT NULL ORDER BY requested_at DESC LIMIT 1)
        UNION ALL
        (SELECT c.callback_id, 'a callback request of a list that is never polled' FROM hub.callback c
         JOIN hub.callback_profile p USING (tenant_id, profile_id)
         WHERE c.state = 'written' AND p.method = 'webhook' ORDER BY c.requested_at DESC LIMIT 1)
        """)
}
