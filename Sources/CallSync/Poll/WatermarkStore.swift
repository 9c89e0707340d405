import FoundationEssentials
import Postgres

/// How far each source was read.
enum WatermarkStore {
    static let find = Statement(
        "watermark_find", "SELECT modified_until FROM hub.watermark WHERE tenant_id = $1 AND source = $2")
    /// What the polls have read: from where the first of them began to where the last of them ended.
    static let span = Statement(
        "watermark_span", "SELECT modified_from, modified_until FROM hub.watermark WHERE tenant_id = $1 AND source = $2")
    /// Never goes back: two polls may overlap.
    static let advance = Statement(
        "watermark_advance",
        """
        INSERT INTO hub.watermark AS w (tenant_id, source, modified_until, modified_from) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, source) DO UPDATE
            SET modified_until = greatest(w.modified_until, excluded.modified_until), polled_at = now(),
                modified_from = coalesce(w.modified_from, excluded.modified_from)
        """)
    static let statements = [find, span, advance]

    static let calls = "calls"

    /// - Parameter from: where the poll began; kept of the first one.
    static func advance(_ tenant: Int32, _ source: String, to mark: Date, from: Date) -> Request {
        Request(advance, [tenant, source, mark, from])
    }
}
