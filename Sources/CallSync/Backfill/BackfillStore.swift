import FoundationEssentials
import Postgres

/// Backfills as the worker sees them; operators start and steer them through the command line.
enum BackfillStore {
    struct Row: Sendable {
        let to: Date
        let readUntil: Date
        let isRunning: Bool
    }

    static let find = Statement(
        "backfill_find", "SELECT to_at, read_until, state = 'running' FROM hub.backfill WHERE tenant_id = $1 AND backfill_id = $2"
    )

    /// Calls of the backfill that wait to be written, counted no further than needed, and only on days that have any: other
    /// days may have millions.
    static let waiting = Statement(
        "backfill_waiting",
        """
        SELECT count(*) FROM (
            SELECT FROM hub.call c
            WHERE c.tenant_id = $1 AND c.backfill_id = $2 AND c.state = 'pending'
            AND c.call_day IN (
                  SELECT t.call_day FROM hub.call_tally t
                  WHERE t.tenant_id = $1 AND t.state = 'pending' GROUP BY t.call_day HAVING sum(t.calls) > 0
                  UNION ALL
                  SELECT i.call_day FROM hub.call_intake i WHERE i.tenant_id = $1 AND NOT i.tallied
              )
            LIMIT $3
        ) waiting
        """)

    /// A slice was taken in. The last one ends the reading, unless an operator has stopped it meanwhile.
    static let advance = Statement(
        "backfill_advance",
        """
        UPDATE hub.backfill SET
            read_until = greatest(read_until, least($3, to_at)), seen = seen + $4, fresh = fresh + $5, changed_at = now(),
            error_text = NULL,
            state = CASE WHEN state = 'running' AND $3 >= to_at THEN 'read' ELSE state END,
            running_before = running_before + CASE
                WHEN state = 'running' AND $3 >= to_at THEN coalesce(now() - running_since, '0') ELSE '0' END,
            running_since = CASE WHEN state = 'running' AND $3 >= to_at THEN NULL ELSE running_since END
        WHERE tenant_id = $1 AND backfill_id = $2
        """)

    static let note = Statement(
        "backfill_note", "UPDATE hub.backfill SET error_text = $3, changed_at = now() WHERE tenant_id = $1 AND backfill_id = $2")

    static let statements = [find, waiting, advance, note]
}
