package import FoundationEssentials
package import Postgres

/// Notes on entries that they were spoken with.
package enum InteractionStore {
    /// Entries are locked in their order.
    static let note = Statement(
        "directory_interaction",
        """
        UPDATE hub.directory_entry e SET last_interaction_at = n.at
        FROM (
            SELECT entry_id, max(at) AS at FROM unnest($2::uuid[], $3::timestamptz[]) AS g (entry_id, at)
            GROUP BY entry_id ORDER BY entry_id
        ) n
        WHERE e.tenant_id = $1 AND e.entry_id = n.entry_id
            AND (e.last_interaction_at IS NULL OR e.last_interaction_at < n.at)
        """)

    package static let statements = [note]

    package static func note(_ calls: [(entry: UUID, at: Date)], tenant: Int32) -> Request {
        Request(note, [tenant, calls.map(\.entry), calls.map(\.at)])
    }
}
