package import FoundationEssentials
package import Postgres

/// The phone calls that erasures under way have to look after.
package enum ErasureItemStore {
    /// What became of one; docs/privacy.md says what each means.
    package enum Outcome: String, Sendable, Hashable { case deleted, masked, gone, kept, none }

    static let kept = Statement(
        "erasure_items_kept",
        """
        SELECT subject_id FROM hub.erasure_item
        WHERE tenant_id = $1 AND entity = $2 AND subject_id = ANY ($3) AND outcome IS NULL
        GROUP BY subject_id HAVING bool_and(keep_dynamics)
        """)

    static let settle = Statement(
        "erasure_items_settle",
        """
        UPDATE hub.erasure_item i SET outcome = r.outcome, settled_at = now()
        FROM unnest($3::uuid[], $4::text[]) AS r (subject_id, outcome)
        WHERE i.tenant_id = $1 AND i.entity = $2 AND i.subject_id = r.subject_id AND i.outcome IS NULL
        """)

    package static let statements = [kept, settle]

    /// Those whose record in Dynamics is to be left as it is.
    package static func kept(
        _ subjects: [UUID], _ entity: TimelineEntity, tenant: Int32, on database: Database
    ) async throws -> Set<UUID> {
        Set(try await database.query(kept, [tenant, entity.rawValue, subjects]).map { try $0[0].decode(UUID.self) })
    }

    package static func settle(_ subjects: [UUID], _ outcomes: [Outcome], _ entity: TimelineEntity, tenant: Int32) -> Request {
        Request(settle, [tenant, entity.rawValue, subjects, outcomes.map(\.rawValue)])
    }
}
