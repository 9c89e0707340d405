import FoundationEssentials
import Postgres

/// How far each source was read.
enum WatermarkStore {
    static let find = Statement(
        "watermark_find", "SELECT modified_until FROM hub.watermark WHERE tenant_id = $1 AND source = $2")
    /// Never goes back: two polls may overlap.
    static let advance = Statement(
        "watermark_advance",
        """
        INSERT INTO hub.watermark AS w (tenant_id, source, modified_until) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, source) DO UPDATE
            SET modified_until = greatest(w.modified_until, excluded.modified_until), polled_at = now()
        """)
    static let statements = [find, advance]

    static let calls = "calls"

    static func advance(_ tenant: Int32, _ source: String, to mark: Date) -> Request { Request(advance, [tenant, source, mark]) }
}
