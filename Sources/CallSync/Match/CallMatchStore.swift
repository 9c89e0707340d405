import Directory
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// Finds earlier calls that may be somebody's by now.
enum CallMatchStore {
    static let state = Statement(
        "call_match_state",
        """
        SELECT s.version, s.reload_version, s.is_complete, m.version
        FROM hub.directory_state s LEFT JOIN hub.directory_match m USING (tenant_id) WHERE s.tenant_id = $1
        """)

    /// Calls linked to nobody whose number stands in what changed since a version; numbers without a country count as the ends of others.
    static let appeared = Statement(
        "call_match_appeared",
        """
        WITH news AS (\(DirectoryNews.numbers))
        SELECT c.call_id FROM news JOIN hub.call c ON c.tenant_id = $1 AND c.other_number = news.number
        WHERE c.call_day >= $4::text::date AND c.state IN ('written', 'adopted') AND c.reason IS NULL AND c.regarding_id IS NULL
        UNION
        SELECT c.call_id FROM news JOIN hub.call c ON c.tenant_id = $1 AND c.other_number LIKE '%' || news.number
        WHERE news.form = 'local' AND $5 > 0 AND length(news.number) >= $5
            AND c.call_day >= $4::text::date AND c.state IN ('written', 'adopted') AND c.reason IS NULL AND c.regarding_id IS NULL
        """)

    /// All calls linked to nobody whose number stands in the directory.
    static let any = Statement(
        "call_match_any",
        """
        SELECT c.call_id FROM hub.call c
        WHERE c.tenant_id = $1 AND c.call_day >= $2::text::date AND c.state IN ('written', 'adopted') AND c.reason IS NULL
            AND c.regarding_id IS NULL
            AND EXISTS (SELECT FROM hub.directory_number n WHERE n.tenant_id = $1 AND n.number = c.other_number)
        """)

    /// The calls of one number, whomever they are linked to.
    static let ofNumber = Statement(
        "call_match_number",
        """
        SELECT call_id FROM hub.call
        WHERE tenant_id = $1 AND other_number = $2 AND call_day >= $3::text::date AND state IN ('written', 'adopted') AND reason IS NULL
        """)

    static let note = Statement(
        "call_match_note",
        """
        INSERT INTO hub.directory_match AS m (tenant_id, version) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET version = greatest(m.version, excluded.version), matched_at = now()
        """)

    /// Those of the calls in `$4`, just stored, that news concern which came after they were looked up; `$6`: news can't be told.
    static let late = Statement(
        "call_match_late",
        """
        WITH news AS MATERIALIZED (\(DirectoryNews.numbers))
        SELECT c.call_id FROM hub.call c
        WHERE c.tenant_id = $1 AND c.call_id = ANY ($4) AND c.state IN ('written', 'adopted') AND c.reason IS NULL
            AND \(DirectoryNews.concern(number: "c.other_number", regarding: "c.regarding_id", digits: "$5", anybody: "$6"))
        """)

    static let statements = [state, appeared, any, ofNumber, note, late]

    /// Stores what was decided about calls, and has those looked at again that the directory has news about since it was looked at.
    ///
    /// - Parameters:
    ///   - requests: what is stored.
    ///   - version: of the directory, when it was looked at.
    static func store(
        _ requests: [Request], calls: [UUID], version: Int64, tenant: TenantSituation, queue: JobQueue, on connection: Connection
    ) async throws {
        let answers = try await connection.pipeline(requests + [Request(DirectoryNews.hold, [tenant.id])])
        guard let held = answers.last, let news = try DirectoryNews.since(version, held: held) else { return }
        let late = try await connection.query(
            Self.late,
            [tenant.id, news.version, Int64.max, calls, Int32(tenant.settings.matchSuffixDigits), news.mayBeAnybody]
        ).map { try $0[0].decode(UUID.self) }
        _ = try await queue.enqueue(late.sorted { $0 < $1 }.map { JobKinds.relateCall($0, tenant: tenant.id) }, on: connection)
    }
}
