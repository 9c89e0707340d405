import Directory
import FoundationEssentials
import Jobs
import Model
import PhoneNumbers
import Postgres
import Tenants

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

    /// Those of the requests in `$4`, just stored, that news concern which came after they were looked up; `$6`: news can't be told.
    static let late = Statement(
        "callback_match_late",
        """
        WITH news AS MATERIALIZED (\(DirectoryNews.numbers))
        SELECT c.callback_id, c.number FROM hub.callback c
        WHERE c.tenant_id = $1 AND c.callback_id = ANY ($4) AND \(isOpen) AND c.number IS NOT NULL
            AND \(DirectoryNews.concern(number: "c.number", regarding: "c.regarding_id", digits: "$5", anybody: "$6"))
        """)

    static let statements = [state, appeared, any, ofNumber, note, forget, late]

    /// Has those of some requests looked at again, just stored, that the directory has news about since it was looked at.
    ///
    /// - Parameters:
    ///   - held: the answer to ``DirectoryNews/hold``, asked behind what was stored.
    ///   - version: of the directory, when it was looked at.
    static func relating(
        _ callbacks: [UUID], held: Rows, version: Int64, tenant: TenantSituation, on connection: Connection
    ) async throws -> [NewJob] {
        guard let news = try DirectoryNews.since(version, held: held) else { return [] }
        return try await connection.query(
            late, [tenant.id, news.version, Int64.max, callbacks, Int32(tenant.settings.matchSuffixDigits), news.mayBeAnybody]
        ).map { row in
            let (id, number) = try row.decode(UUID.self, String.self)
            return CallbackJobs.relate(
                id, number: tenant.numbers.current(number), tenant: tenant.id, tenantName: tenant.name)
        }
    }
}
