package import FoundationEssentials
package import Model
package import Postgres

/// A call as other settings would judge it.
package struct SampledCall: Sendable {
    package let id: UUID
    package let facts: CallFacts
}

/// Reads the newest calls, for rehearsals.
package struct CallSampleStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [newest]

    /// The newest calls of the last days, newest day first. Erased ones are left out: nothing is done for them under any settings.
    package func newest(tenant: Int32, days: Int, limit: Int) async throws -> [SampledCall] {
        try await database.query(Self.newest, [tenant, Int32(clamping: days), Int64(limit)]).map { row in
            let call = try StoredCall(row)
            return SampledCall(id: call.id, facts: call.facts)
        }
    }

    static let newest = Statement(
        "call_sample",
        """
        SELECT \(StoredCall.columns)
        FROM hub.call
        WHERE tenant_id = $1 AND call_day >= (now() AT TIME ZONE 'UTC')::date - $2::integer AND erased_at IS NULL
        ORDER BY call_day DESC, started_at DESC
        LIMIT $3
        """)
}
