import FoundationEssentials
import Postgres

/// The rows of `hub.directory_load`. Each change names the state it starts from, so of two instances at one table one fails.
enum LoadStore {
    static let read = Statement(
        "directory_load_read",
        """
        SELECT phase, generation, columns, next_link, delta_link, swept_to, resync_wanted, completed_at IS NOT NULL,
            coalesce(tracked_at > completed_at OR completed_at < now() - interval '1 day', false)
        FROM hub.directory_load WHERE tenant_id = $1 AND entry_table = $2
        """)

    static let begin = Statement(
        "directory_load_begin",
        """
        INSERT INTO hub.directory_load AS l (tenant_id, entry_table, phase, generation, columns, resync_reason, started_at)
        VALUES ($1, $2, 'loading', 1, $4, $5, now())
        ON CONFLICT (tenant_id, entry_table) DO UPDATE SET
            phase = 'loading', generation = l.generation + 1, columns = excluded.columns, next_link = NULL, delta_link = NULL,
            swept_to = NULL, resync_reason = CASE WHEN l.resync_wanted THEN coalesce(l.resync_reason, excluded.resync_reason) ELSE excluded.resync_reason END,
            resync_wanted = false, rows_read = 0, pages_read = 0,
            unreadable = 0, started_at = now(), error_code = NULL, error_text = NULL
        WHERE l.generation = $3
        """)

    static let leave = Statement(
        "directory_load_leave",
        """
        UPDATE hub.directory_load SET
            phase = 'sweeping', generation = generation + 1, columns = '', next_link = NULL, delta_link = NULL, swept_to = NULL,
            resync_wanted = false
        WHERE tenant_id = $1 AND entry_table = $2 AND generation = $3
        """)

    /// A page was read; the phase and the links after it.
    static let page = Statement(
        "directory_load_page",
        """
        UPDATE hub.directory_load SET
            phase = $6, next_link = $7, delta_link = coalesce($8, delta_link), rows_read = rows_read + $9,
            pages_read = pages_read + 1, entries = entries + $10, unreadable = unreadable + $11,
            tracked_at = CASE WHEN $6 = 'tracking' AND $7::text IS NULL THEN now() ELSE tracked_at END,
            error_code = NULL, error_text = NULL
        WHERE tenant_id = $1 AND entry_table = $2 AND generation = $3 AND phase = $4
            AND coalesce(next_link, CASE WHEN phase = 'tracking' THEN delta_link END) IS NOT DISTINCT FROM $5
        """)

    static let swept = Statement(
        "directory_load_swept",
        """
        UPDATE hub.directory_load SET
            phase = $4, swept_to = $5, entries = entries - $6,
            completed_at = CASE $4 WHEN 'tracking' THEN now() WHEN 'off' THEN NULL ELSE completed_at END,
            tracked_at = CASE WHEN $4 = 'tracking' THEN started_at ELSE tracked_at END
        WHERE tenant_id = $1 AND entry_table = $2 AND generation = $3 AND phase = 'sweeping'
        """)

    /// The page among the changes that was to be read next can't be: they begin again.
    static let turnBack = Statement(
        "directory_load_turn_back",
        """
        UPDATE hub.directory_load SET next_link = NULL
        WHERE tenant_id = $1 AND entry_table = $2 AND generation = $3 AND phase = 'tracking' AND next_link = $4
        """)

    static let wantResync = Statement(
        "directory_load_resync",
        """
        UPDATE hub.directory_load SET resync_wanted = true, resync_reason = $3
        WHERE tenant_id = $1 AND entry_table = ANY ($2) AND phase <> 'off'
        """)

    static let fail = Statement(
        "directory_load_fail",
        """
        INSERT INTO hub.directory_load (tenant_id, entry_table, error_code, error_text) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, entry_table) DO UPDATE SET error_code = excluded.error_code, error_text = excluded.error_text
        """)

    /// The directory is complete when each wanted table was read to its end once.
    static let complete = Statement(
        "directory_complete",
        """
        INSERT INTO hub.directory_state AS s (tenant_id, is_complete)
        SELECT $1, (
            SELECT count(*) = cardinality($2::text[]) FROM hub.directory_load l
            WHERE l.tenant_id = $1 AND l.entry_table = ANY ($2) AND l.completed_at IS NOT NULL)
        ON CONFLICT (tenant_id) DO UPDATE SET is_complete = excluded.is_complete WHERE s.is_complete <> excluded.is_complete
        """)

    static let forget = Statement(
        "directory_forget_changes", "SELECT hub.forget_directory_changes($1, make_interval(days => $2))")

    static let statements = [read, begin, leave, page, swept, turnBack, wantResync, fail, complete, forget]

    static func state(_ table: DirectoryTable, tenant: Int32, database: Database) async throws -> LoadState {
        guard let row = try await database.query(read, [tenant, table.rawValue]).first else { return LoadState() }
        let (phase, generation, columns, next, delta, swept, wanted, completed, mayResync) = try row.decode(
            String.self, Int64.self, String.self, String?.self, String?.self, UUID?.self, Bool.self, Bool.self, Bool.self)
        return LoadState(
            phase: LoadState.Phase(rawValue: phase) ?? .new, generation: generation, columns: columns, nextLink: next,
            deltaLink: delta, sweptTo: swept, resyncWanted: wanted, hasCompleted: completed, mayResync: mayResync)
    }
}
