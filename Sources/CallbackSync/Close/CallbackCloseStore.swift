import FoundationEssentials
import Model
import Postgres

/// The end of requests in Enreach, as it is stored.
enum CallbackCloseStore {
    static let done = Statement(
        "callback_closed",
        """
        UPDATE hub.callback c SET
            close_state = r.close_state,
            enreach_state = CASE WHEN r.close_state IN ('done', 'elsewhere', 'gone') THEN 'closed' ELSE c.enreach_state END,
            enreach_result = coalesce(r.result, c.enreach_result), content_hash = coalesce(r.hash, c.content_hash),
            modified_at = coalesce(r.modified_at, c.modified_at),
            closed_at = CASE WHEN r.close_state = 'refused' THEN c.closed_at ELSE coalesce(c.closed_at, now()) END,
            error_code = r.error_code, error_text = r.error_text, changed_at = now()
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::timestamptz[])
            AS r (callback_id, close_state, result, hash, error_code, error_text, modified_at)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id
        """)

    static let statements = [done]

    struct Closed: Sendable {
        var id: UUID
        /// `done`, `elsewhere`, `gone` or `refused`.
        var state: String
        var result: String?
        /// Of what Enreach answered, so that reading it again brings nothing new.
        var hash: Int64?
        var errorCode: String?
        var errorText: String?
        var modifiedAt: Date?
    }

    static func done(_ closed: [Closed], tenant: Int32) -> Request {
        let sorted = closed.sorted { $0.id.lowercase < $1.id.lowercase }
        return Request(
            done,
            [
                tenant, sorted.map(\.id), sorted.map(\.state), sorted.map(\.result), sorted.map(\.hash), sorted.map(\.errorCode),
                sorted.map(\.errorText), sorted.map(\.modifiedAt),
            ])
    }
}
