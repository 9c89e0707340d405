import Operations
import Postgres

/// Tables of Dynamics that the directory does not follow any more.
struct DirectoryCheck: RowCheck {
    static let name = "directory"
    static let well = "the directory follows Dynamics"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, table, phase, age, error) = try row.decode(
            String.self, String.self, String.self, Double?.self, String?.self)
        let since = age.map { "was last heard of \(PlainTime.span($0)) ago" } ?? "was never read"
        let text = "\(table) of \(tenant) (\(phase)) \(since)" + (error.map { ": \($0)" } ?? "")
        let remedy = "start user-sync; `trunkline matches resync --tenant \(tenant)` reads everything anew"
        return age == nil && error == nil ? .warning(name, text, remedy: remedy) : .failure(name, text, remedy: remedy)
    }

    static let isThere: Statement? = Statement(
        "command.doctor.directory_there",
        "SELECT EXISTS (SELECT FROM hub.directory_load JOIN hub.tenant t USING (tenant_id) WHERE t.enabled)")

    static let question = Statement(
        "command.doctor.directory",
        """
        SELECT t.name, l.entry_table, l.phase, extract(epoch FROM now() - coalesce(l.tracked_at, l.started_at))::float8, l.error_text
        FROM hub.directory_load l
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND l.phase <> 'off'
          AND (l.error_code IS NOT NULL OR coalesce(l.tracked_at, l.started_at, '-infinity') < now() - interval '1 hour')
        ORDER BY t.name, l.entry_table
        """)
}
