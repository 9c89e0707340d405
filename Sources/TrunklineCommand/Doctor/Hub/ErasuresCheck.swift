import Operations
import Postgres

/// Erasures that were begun and not brought to their end.
struct ErasuresCheck: RowCheck {
    static let name = "erasures"
    static let well = "no erasure was left unfinished"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, erasure, age) = try row.decode(String.self, String.self, Double.self)
        return .failure(
            name, "erasure \(erasure) of \(tenant) was begun \(PlainTime.span(age)) ago and is not done",
            remedy: "give `trunkline erase --number` again: it goes on where it stopped")
    }

    static let question = Statement(
        "command.doctor.erasures",
        """
        SELECT t.name, e.erasure_id::text, extract(epoch FROM now() - e.requested_at)::float8
        FROM hub.erasure e
        JOIN hub.tenant t USING (tenant_id)
        WHERE e.state = 'running' AND e.requested_at < now() - interval '1 hour'
        ORDER BY e.requested_at
        LIMIT 20
        """)
}
