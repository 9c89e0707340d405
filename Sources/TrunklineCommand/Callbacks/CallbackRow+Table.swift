import Model
import Operations

extension CallbackRow {
    static func table(_ rows: [CallbackRow]) -> Table {
        var table = Table(
            "callback", "tenant", "requested_at", "list", "number", "state", "reason", "record", "enreach", "profile")
        for row in rows {
            table.append(
                .text(row.id.lowercase), .text(row.tenant), .time(row.requestedAt), .text(row.list), .text(row.number),
                .text(row.state), .text(row.reason), .text(row.recordState), .text(row.enreachState), .text(row.profile))
        }
        return table
    }
}
