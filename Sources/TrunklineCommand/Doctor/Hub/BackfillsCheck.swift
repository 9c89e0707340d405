import Operations
import Postgres

/// Backfills that stand still.
struct BackfillsCheck: RowCheck {
    static let name = "backfills"
    static let well = "no backfill stands still"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, number, state, still, error) = try row.decode(
            String.self, Int64.self, String.self, Double.self, String?.self)
        if let error, state == "running" {
            return .warning(
                name, "backfill \(number) of \(tenant) can't go on: \(error)",
                remedy: "`trunkline backfill status \(number)`; it tries again by itself")
        }
        return .warning(
            name, "backfill \(number) of \(tenant) is paused for \(PlainTime.span(still))",
            remedy: "`trunkline backfill resume \(number)` or `trunkline backfill cancel \(number)`")
    }

    static let question = Statement(
        "command.doctor.backfills",
        """
        SELECT t.name, b.backfill_id, b.state, extract(epoch FROM now() - b.changed_at)::float8, b.error_text
        FROM hub.backfill b
        JOIN hub.tenant t USING (tenant_id)
        WHERE b.state = 'running' AND b.error_text IS NOT NULL
           OR b.state = 'paused' AND b.changed_at < now() - interval '7 days'
        ORDER BY b.backfill_id DESC
        LIMIT 20
        """)
}
