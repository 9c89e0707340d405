import FoundationEssentials
package import Model
package import Postgres

/// What administrators decide about numbers that several carry.
package enum DecisionStore {
    static let put = Statement(
        "directory_decide",
        """
        INSERT INTO hub.directory_decision AS d (tenant_id, number, chosen_id, chosen_table, decided_by, why)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, number) DO UPDATE SET
            chosen_id = excluded.chosen_id, chosen_table = excluded.chosen_table, decided_by = excluded.decided_by,
            decided_at = now(), why = excluded.why
        """)
    static let remove = Statement(
        "directory_undecide", "DELETE FROM hub.directory_decision WHERE tenant_id = $1 AND number = $2")
    static let changed = Statement("directory_decision_changed", "SELECT hub.directory_changed($1)")

    package static let statements = [put, remove, changed]

    /// Stores a decision, takes the number from the ambiguity list, and tells who keeps a copy of the directory. In a transaction.
    package static func decide(
        _ number: String, _ decision: DirectoryDecision, by who: String, why: String?, tenant: Int32, on connection: Connection
    ) async throws {
        var chosen: RowReference?
        if case .chosen(let row) = decision { chosen = row }
        _ = try await connection.pipeline([
            Request(DirectoryNews.lock, [tenant]),
            Request(put, [tenant, number, chosen?.id, chosen?.table.rawValue, who, why]),
            AmbiguityStore.clear([number], tenant: tenant), Request(changed, [tenant]),
        ])
    }

    /// Takes a decision back; false when there is none.
    package static func undo(_ number: String, tenant: Int32, on connection: Connection) async throws -> Bool {
        _ = try await connection.query(DirectoryNews.lock, [tenant])
        guard try await connection.execute(remove, [tenant, number]) > 0 else { return false }
        _ = try await connection.query(changed, [tenant])
        return true
    }
}
