import FoundationEssentials
import Model
import Postgres

/// The statements by which numbers are looked up, a batch at a time.
enum LookupStore {
    /// Entries that carry the numbers. Of a number that very many carry only some are read: no rule can choose among so many.
    static let exact = Statement(
        "directory_exact",
        """
        SELECT q.place, c.*
        FROM unnest($2::text[]) WITH ORDINALITY AS q (number, place)
        CROSS JOIN LATERAL (
            SELECT e.entry_id, e.entry_table, e.name, e.owner_id, e.account_id, n.field, n.extension IS NOT NULL,
                e.last_interaction_at
            FROM hub.directory_number n
            JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
            WHERE n.tenant_id = $1 AND n.number = q.number AND e.is_active
            LIMIT 1000
        ) c
        """)

    /// Entries whose number ends so; those with a country of their own only where the number asked for has none.
    static let suffix = Statement(
        "directory_suffix",
        """
        SELECT q.place, c.*
        FROM unnest($2::bigint[], $3::text[], $4::boolean[]) AS q (place, suffix, any_form)
        CROSS JOIN LATERAL (
            SELECT e.entry_id, e.entry_table, e.name, e.owner_id, e.account_id, n.field, n.extension IS NOT NULL,
                e.last_interaction_at
            FROM hub.directory_number n
            JOIN hub.directory_entry e ON e.tenant_id = n.tenant_id AND e.entry_id = n.entry_id
            WHERE n.tenant_id = $1 AND n.suffix = q.suffix AND (q.any_form OR n.form <> 'international') AND e.is_active
            LIMIT 1000
        ) c
        """)

    /// A choice of a record that was merged since follows it; one of a record that is gone counts for nothing.
    static let decisions = Statement(
        "directory_decisions",
        """
        SELECT d.number, d.chosen_id IS NOT NULL, e.entry_id, e.entry_table, e.name
        FROM hub.directory_decision d
        LEFT JOIN LATERAL (
            SELECT h.heir_id FROM hub.directory_heirs(d.tenant_id, ARRAY[d.chosen_id]) h ORDER BY h.hops DESC LIMIT 1
        ) c ON d.chosen_id IS NOT NULL
        LEFT JOIN hub.directory_entry e ON e.tenant_id = d.tenant_id AND e.entry_id = c.heir_id AND e.is_active
        WHERE d.tenant_id = $1 AND d.number = ANY ($2)
        """)

    static let open = Statement("directory_open", "SELECT entry FROM hub.directory_open($1, $2) AS o (entry)")

    static let state = Statement("directory_state", "SELECT is_complete, version FROM hub.directory_state WHERE tenant_id = $1")

    static let statements = [exact, suffix, decisions, open, state, DirectoryNews.hold]

    /// Place among the numbers asked for, from 0, and who carries it.
    static func candidate(_ row: Row) throws -> (place: Int, DirectoryCandidate) {
        let (place, id, table, name, owner, account, field, hasExtension, last) = try row.decode(
            Int64.self, UUID.self, String.self, String?.self, UUID?.self, UUID?.self, String.self, Bool.self, Date?.self)
        let reference = RowReference(RowReference.Table(rawValue: table) ?? .contact, id, name: name)
        let candidate = DirectoryCandidate(
            reference, ownerID: owner, accountID: account, field: field, hasExtension: hasExtension, lastInteraction: last)
        return (Int(place) - 1, candidate)
    }

    static func decision(_ row: Row) throws -> (String, DirectoryDecision?) {
        let (number, isSomebody, id, table, name) = try row.decode(
            String.self, Bool.self, UUID?.self, String?.self, String?.self)
        guard isSomebody else { return (number, .nobody) }
        guard let id, let table = table.flatMap(RowReference.Table.init(rawValue:)) else { return (number, nil) }
        return (number, .chosen(RowReference(table, id, name: name)))
    }
}
