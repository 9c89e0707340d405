package import Foundation
package import Postgres

/// How the days balance, and how soon calls stand in Dynamics: from figures that are kept, never by counting calls.
package struct BalanceStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [days, latency]

    /// What became of the calls of a day.
    package struct Day: Sendable {
        package let day: CalendarDate
        package let seen: Int64
        package let written: Int64
        package let adopted: Int64
        package let skipped: Int64
        package let pending: Int64
        package let dead: Int64
        package let withdrawn: Int64
        /// Anything but 0 is an alarm.
        package let difference: Int64
    }

    /// The last days, oldest first, those without a call left out; of one tenant when a name is given.
    package func days(_ days: Int, tenant: String?) async throws -> [Day] {
        try await database.query(Self.days, [Int32(days), tenant]).map { row in
            let (day, seen, written, adopted, skipped, pending, dead, withdrawn, difference) = try row.decode(
                CalendarDate.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self)
            return Day(
                day: day, seen: seen, written: written, adopted: adopted, skipped: skipped, pending: pending, dead: dead,
                withdrawn: withdrawn, difference: difference)
        }
    }

    /// Seconds from the end of a live call to its record, by hour, oldest first; nil in hours without one.
    package func latency(hours: Int, tenant: String?) async throws -> [(hour: Date, p50: Double?, p95: Double?)] {
        try await database.query(Self.latency, [Int32(hours), tenant]).map {
            try $0.decode(Date.self, Double?.self, Double?.self)
        }
    }

    package static let days = Statement(
        "command.balance.days",
        """
        SELECT day, sum(seen)::bigint, sum(written)::bigint, sum(adopted)::bigint, sum(skipped)::bigint, sum(pending)::bigint,
               sum(dead)::bigint, sum(withdrawn)::bigint, sum(difference)::bigint
        FROM report.daily_balance
        WHERE day > (now() AT TIME ZONE 'UTC')::date - $1::integer AND ($2::text IS NULL OR tenant = $2)
        GROUP BY day ORDER BY day
        """)

    package static let latency = Statement(
        "command.balance.latency",
        """
        SELECT h.hour, hub.latency_percentile(hub.sum_buckets(c.latency), 0.50), hub.latency_percentile(hub.sum_buckets(c.latency), 0.95)
        FROM generate_series(date_trunc('hour', now()) - ($1::integer - 1) * interval '1 hour', date_trunc('hour', now()), interval '1 hour') AS h (hour)
        LEFT JOIN hub.call_hour c ON c.hour = h.hour
            AND ($2::text IS NULL OR c.tenant_id = (SELECT t.tenant_id FROM hub.tenant t WHERE t.name = $2))
        GROUP BY h.hour ORDER BY h.hour
        """)
}
