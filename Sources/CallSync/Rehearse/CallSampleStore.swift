package import FoundationEssentials
package import Model
package import PhoneNumbers
package import Postgres

/// A call as other settings would judge it.
package struct SampledCall: Sendable {
    package let id: UUID
    package let facts: CallFacts
}

/// Calls of the last days, for rehearsals: all of them, or as many from every hour as its share of them is.
package struct CallSample: Sendable {
    /// Newest first.
    package let calls: [SampledCall]
    /// How many calls there are in these days; nil: the sample holds all of them.
    package let outOf: Int?
}

/// Reads calls for rehearsals. Erased ones are left out: nothing is done for them under any settings.
package struct CallSampleStore: Sendable {
    package let database: Database
    private let numbers: NumberReader

    /// - Parameter numbers: how the tenant's numbers are read.
    package init(database: Database, numbers: NumberReader) {
        self.database = database
        self.numbers = numbers
    }

    package static let statements = [extent, all, within]

    /// All calls of the last days, or an even sample of them.
    ///
    /// - Parameters:
    ///   - days: how far back; 1 means since yesterday's midnight (UTC).
    ///   - size: about how many calls a sample has; as many calls and fewer are taken whole. What is read grows with it, not with the calls.
    package func read(tenant: Int32, days: Int, size: Int) async throws -> CallSample {
        let extent = try await database.query(Self.extent, [tenant, Int32(clamping: days)])[0]
        let (total, begin, now) = try extent.decode(Int64.self, Date.self, Date.self)
        guard total > size else {
            return CallSample(calls: try await calls(Self.all, [tenant, Int32(clamping: days), Int64(2 * size)]), outOf: nil)
        }
        let windows = SampleWindows.even(over: begin..<max(begin, now), share: Double(size) / Double(total))
        let calls = try await calls(
            Self.within, [tenant, windows.map(\.lowerBound), windows.map(\.upperBound), Int64(2 * size)])
        return CallSample(calls: calls, outOf: Int(total))
    }

    private func calls(_ statement: Statement, _ parameters: [any PostgresEncodable]) async throws -> [SampledCall] {
        try await database.query(statement, parameters).map { row in
            let call = try StoredCall(row, numbers: numbers)
            return SampledCall(id: call.id, facts: call.facts)
        }
    }

    // The bounds of the two below hold off days of which the balance knows too little.

    /// How many calls came in of these days, by the balance, and when the days began; by the server's clock.
    static let extent = Statement(
        "call_sample.extent",
        """
        SELECT coalesce(sum(i.seen), 0)::bigint, d.first::timestamp AT TIME ZONE 'UTC', now()
        FROM (SELECT (now() AT TIME ZONE 'UTC')::date - $2::integer) AS d (first)
        LEFT JOIN hub.call_intake i ON i.tenant_id = $1 AND i.call_day >= d.first
        GROUP BY d.first
        """)

    static let all = Statement(
        "call_sample.all",
        """
        SELECT \(StoredCall.columns)
        FROM hub.call
        WHERE tenant_id = $1 AND call_day >= (now() AT TIME ZONE 'UTC')::date - $2::integer AND erased_at IS NULL
        ORDER BY call_day DESC, started_at DESC
        LIMIT $3
        """)

    /// A range of `call_by_start` for each time. `OFFSET 0` keeps them apart: joined freely, the planner thinks of all days read at once.
    static let within = Statement(
        "call_sample.within",
        """
        SELECT \(StoredCall.columns)
        FROM unnest($2::timestamptz[], $3::timestamptz[]) AS w (since, until)
        CROSS JOIN LATERAL (
            SELECT * FROM hub.call
            WHERE tenant_id = $1 AND call_day = (w.since AT TIME ZONE 'UTC')::date AND started_at >= w.since AND started_at < w.until
              AND erased_at IS NULL
            OFFSET 0
        ) AS call
        ORDER BY started_at DESC
        LIMIT $4
        """)
}
