import FoundationEssentials
import Jobs
import Postgres

/// Payloads of our jobs: one member each.
enum JSONBText {
    static func backfill(_ id: Int64) -> JSONB { JSONB("{\"backfill\":\(id)}") }
    static func sweep(hours: Int) -> JSONB { JSONB("{\"hours\":\(hours)}") }
}

extension Job {
    /// The call a `call.read` job is about.
    var payloadCall: UUID? {
        struct Payload: Decodable { var call: UUID }
        return try? payload.decode(Payload.self).call
    }

    /// How many hours back a `calls.sweep` job reads.
    var payloadHours: Int? {
        struct Payload: Decodable { var hours: Int }
        return try? payload.decode(Payload.self).hours
    }

    /// The backfill a `calls.backfill` job is about.
    var payloadBackfill: Int64? {
        struct Payload: Decodable { var backfill: Int64 }
        return try? payload.decode(Payload.self).backfill
    }
}
