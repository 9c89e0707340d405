import Directory
import FoundationEssentials
import Postgres

/// Finds open phone calls of requests that may be somebody's by now.
enum CallbackMatchStore {
    static let state = Statement(
        "callback_match_state",
        """
        SELECT s.version, s.reload_version, s.is_complete, m.directory_version
        FROM hub.directory_state s
        LEFT JOIN hub.callback_mark m ON m.tenant_id = s.tenant_id AND m.source = 'directory'
        WHERE s.tenant_id = $1
        """)

    private static let isOpen = "c.state = 'written' AND c.record_state = 'open' AND c.erased_at IS NULL"

    /// Those linked to nobody whose number stands in what changed since a version; numbers without a country count as the ends of others.
    static let appeared = Statement(
        "callback_match_appeared",
        """
        WITH news AS (\(DirectoryNews.numbers))
        SELECT c.callback_id, c.number FROM news JOIN hub.callback c ON c.tenant_id = $1 AND c.number = news.number
        WHERE \(isOpen) AND c.regarding_id IS NULL
        UNION
        SELECT c.callback_id, c.number FROM news JOIN hub.callback c ON c.tenant_id = $1 AND c.number LIKE '%' || news.number
        WHERE news.form = 'local' AND $4 > 0 AND length(news.number) >= $4 AND \(isOpen) AND c.regarding_id IS NULL
        """)

    /// All linked to nobody whose number stands in the directory.
    static let any = Statement(
        "callback_match_any",
        """
        SELECT c.callback_id, c.number FROM hub.callback c
        WHERE c.tenant_id = $1 AND \(isOpen) AND c.regarding_id IS NULL
            AND EXISTS (SELECT FROM hub.directory_number n WHERE n.tenant_id = $1 AND n.number = c.number)
        """)

    /// Those of one number, whomever they are linked to.
    static let ofNumber = Statement(
        "callback_match_number",
        "SELECT c.callback_id, c.number FROM hub.callback c WHERE c.tenant_id = $1 AND c.number = $2 AND \(isOpen)")

    static let note = Statement(
        "callback_match_note",
        """
        INSERT INTO hub.callback_mark AS m (tenant_id, source, read_until, directory_version) VALUES ($1, 'directory', now(), $2)
        ON CONFLICT (tenant_id, source) DO UPDATE SET
            read_until = excluded.read_until, directory_version = greatest(m.directory_version, excluded.directory_version),
            changed_at = now()
        """)

    /// What was noted could not be acted on: the next look is at all that are linked to nobody.
    static let forget = Statement(
        "callback_match_forget",
        """
        UPDATE hub.callback_mark SET directory_version = NULL, changed_at = now() WHERE tenant_id = $1 AND source = 'directory'
        """)

    static let statements = [state, appeared, any, ofNumber, note, forget]
}
