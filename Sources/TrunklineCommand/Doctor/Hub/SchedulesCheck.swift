import Operations
import Postgres

/// Periodic work whose time has passed without anybody beginning it.
struct SchedulesCheck: RowCheck {
    static let name = "schedules"
    static let well = "periodic work is begun on time"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, schedule, late) = try row.decode(String.self, String.self, Double.self)
        return .warning(
            name, "\(schedule) of \(tenant) should have begun \(PlainTime.span(late)) ago",
            remedy: "start the program that does it; a running worker begins due work within a second")
    }

    static let question = Statement(
        "command.doctor.schedules",
        """
        SELECT coalesce(t.name, 'the hub'), s.name, extract(epoch FROM now() - s.next_at)::float8
        FROM hub.schedule s
        LEFT JOIN hub.tenant t USING (tenant_id)
        WHERE s.enabled AND s.next_at < now() - interval '5 minutes' AND coalesce(t.enabled, true)
        ORDER BY s.next_at
        LIMIT 20
        """)
}
