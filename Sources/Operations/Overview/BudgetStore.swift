package import Foundation
package import Postgres

/// How much of Dynamics' limits each tenant uses, and when what waits will be done.
package struct BudgetStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [budgets, backlog]

    package struct Budget: Sendable {
        package let tenant: String
        /// Requests that all instances together may have in flight.
        package let width: Double
        package let inFlight: Int64
        package let waiting: Int64
        /// Shares of the limits of five minutes, 0 to 1; nil: nothing was sent in that time.
        package let requestsShare: Double?
        package let secondsShare: Double?
        package let blockedUntil: Date?
    }

    /// What waits to be written, and how quickly it has been written of late.
    package struct Backlog: Sendable {
        package let kind: String
        package let jobs: Int64
        package let donePerSecond: Double

        /// Seconds until it is done at that pace; nil: nothing is done at present.
        package var secondsLeft: Double? { donePerSecond > 0 ? Double(jobs) / donePerSecond : nil }
    }

    /// The fullest first.
    package func budgets(tenant: String?, limit: Int) async throws -> [Budget] {
        try await database.query(Self.budgets, [tenant, Int32(limit)]).map { row in
            let (tenant, width, inFlight, waiting, requests, seconds, blocked) = try row.decode(
                String.self, Double.self, Int64.self, Int64.self, Double?.self, Double?.self, Date?.self)
            return Budget(
                tenant: tenant, width: width, inFlight: inFlight, waiting: waiting, requestsShare: requests,
                secondsShare: seconds,
                blockedUntil: blocked)
        }
    }

    /// Kinds of which more than a few are ready or due, the longest first.
    package func backlog() async throws -> [Backlog] {
        try await database.query(Self.backlog).map { row in
            let (kind, jobs, pace) = try row.decode(String.self, Int64.self, Double.self)
            return Backlog(kind: kind, jobs: jobs, donePerSecond: pace)
        }
    }

    package static let budgets = Statement(
        "command.budget.budgets",
        """
        SELECT tenant, width, in_flight, (waiting_live + waiting_callback + waiting_late + waiting_backfill)::bigint, requests_share,
               seconds_share, CASE WHEN is_blocked THEN blocked_until END
        FROM report.dataverse_budget
        WHERE $1::text IS NULL OR tenant = $1
        ORDER BY is_blocked IS TRUE DESC, greatest(requests_share, seconds_share) DESC NULLS LAST, tenant LIMIT $2
        """)

    package static let backlog = Statement(
        "command.budget.backlog",
        """
        SELECT k.name, d.jobs, coalesce(s.done, 0) / 600.0::double precision
        FROM (
            SELECT kind_id, sum(jobs)::bigint AS jobs FROM hub.job_depth WHERE state IN ('ready', 'running', 'waiting', 'retry') GROUP BY kind_id
        ) d
        JOIN hub.job_kind k USING (kind_id)
        LEFT JOIN (
            SELECT kind_id, sum(done)::double precision AS done FROM hub.job_stat
            WHERE minute >= date_trunc('minute', now()) - interval '10 minutes' GROUP BY kind_id
        ) s USING (kind_id)
        WHERE d.jobs > 20 ORDER BY d.jobs DESC LIMIT 5
        """)
}
