package import Foundation
import Jobs
package import Postgres

/// How jobs flow, from the figures that workers keep by the minute.
package struct JobFlowStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [byMinute, backlog, totals, kinds, errorGroups]

    package struct Minute: Sendable {
        package let at: Date
        /// Calls that were written, adopted or found to need nothing.
        package let calls: Int64
        package let done: Int64
        package let failed: Int64
    }

    /// What was not done in ten minutes: the most that stood there in one of them.
    package struct Backlog: Sendable {
        package let at: Date
        package let ready: Int64
        /// Waits for its next attempt.
        package let retry: Int64
        /// Behind another job of its key, held by a pause, or for a later time.
        package let later: Int64

        package init(at: Date, ready: Int64, retry: Int64, later: Int64) {
            (self.at, self.ready, self.retry, self.later) = (at, ready, retry, later)
        }
    }

    package struct Totals: Sendable {
        package let done: Int64
        package let retried: Int64
        package let dead: Int64
        package let cancelled: Int64
    }

    package struct ErrorGroup: Sendable {
        package let kind: String
        package let tenant: String
        package let code: String?
        package let error: String
        package let jobs: Int64
        package let lastAt: Date
        package let newestJob: Int64
        /// By which a ``JobFilter`` finds them.
        package let mark: String
    }

    /// Minute by minute without gaps, oldest first; of all tenants.
    ///
    /// - Parameter start: begins there, to the minute.
    package func minutes(since start: Date) async throws -> [Minute] {
        try await database.query(Self.byMinute, [start]).map { row in
            let (at, calls, done, failed) = try row.decode(Date.self, Int64.self, Int64.self, Int64.self)
            return Minute(at: at, calls: calls, done: done, failed: failed)
        }
    }

    /// Ten minutes by ten minutes without gaps, oldest first; of all tenants. Without dead jobs, which nobody works on.
    ///
    /// - Parameter start: begins with the ten minutes it lies in.
    package func backlog(since start: Date) async throws -> [Backlog] {
        try await database.query(Self.backlog, [start]).map { row in
            let (at, ready, retry, later) = try row.decode(Date.self, Int64.self, Int64.self, Int64.self)
            return Backlog(at: at, ready: ready, retry: retry, later: later)
        }
    }

    package func totals(_ span: Duration) async throws -> Totals {
        let (done, retried, dead, cancelled) = try await database.query(Self.totals, [span])[0].decode(
            Int64.self, Int64.self, Int64.self, Int64.self)
        return Totals(done: done, retried: retried, dead: dead, cancelled: cancelled)
    }

    /// Names of all kinds there ever were.
    package func kinds() async throws -> [String] { try await database.query(Self.kinds).map { try $0.decode(String.self) } }

    /// What the newest dead jobs died of, the most frequent first.
    package func errorGroups(limit: Int) async throws -> [ErrorGroup] {
        try await database.query(Self.errorGroups, [Int32(limit)]).map { row in
            let (kind, tenant, code, error, jobs, last, newest, mark) = try row.decode(
                String.self, String.self, String?.self, String.self, Int64.self, Date.self, Int64.self, String.self)
            return ErrorGroup(
                kind: kind, tenant: tenant, code: code, error: error, jobs: jobs, lastAt: last, newestJob: newest, mark: mark)
        }
    }

    package static let byMinute = Statement(
        "command.job_flow.minutes",
        """
        SELECT m.at, coalesce(s.calls, 0)::bigint, coalesce(s.done, 0)::bigint, coalesce(s.retried, 0)::bigint
        FROM generate_series(date_trunc('minute', $1::timestamptz), date_trunc('minute', now()), interval '1 minute') AS m (at)
        LEFT JOIN (
            SELECT minute, sum(done) AS done, sum(retried) AS retried,
                sum(done) FILTER (WHERE kind_id = (SELECT k.kind_id FROM hub.job_kind k WHERE k.name = 'call.write')) AS calls
            FROM hub.job_stat WHERE minute >= date_trunc('minute', $1::timestamptz) GROUP BY minute
        ) s ON s.minute = m.at
        ORDER BY m.at
        """)

    package static let backlog = Statement(
        "command.job_flow.backlog",
        """
        SELECT s.at, coalesce(max(m.ready), 0)::bigint, coalesce(max(m.retry), 0)::bigint, coalesce(max(m.later), 0)::bigint
        FROM generate_series(date_bin('10 minutes', $1::timestamptz, 'epoch'), now(), interval '10 minutes') AS s (at)
        LEFT JOIN (
            SELECT minute, sum(jobs) FILTER (WHERE state = 'ready') AS ready, sum(jobs) FILTER (WHERE state = 'retry') AS retry,
                sum(jobs) FILTER (WHERE state IN ('waiting', 'scheduled', 'snoozed', 'held')) AS later
            FROM report.backlog_history WHERE minute >= date_bin('10 minutes', $1::timestamptz, 'epoch') GROUP BY minute
        ) m ON date_bin('10 minutes', m.minute, 'epoch') = s.at
        GROUP BY s.at ORDER BY s.at
        """)

    package static let totals = Statement(
        "command.job_flow.totals",
        """
        SELECT coalesce(sum(done), 0)::bigint, coalesce(sum(retried), 0)::bigint, coalesce(sum(dead), 0)::bigint,
               coalesce(sum(cancelled), 0)::bigint
        FROM hub.job_stat WHERE minute >= date_trunc('minute', now() - $1::interval)
        """)

    package static let kinds = Statement("command.job_flow.kinds", "SELECT name FROM hub.job_kind ORDER BY name")

    /// Of the newest ten thousand.
    package static let errorGroups = Statement(
        "command.job_flow.errors",
        """
        SELECT k.name, coalesce(t.name, ''), d.error ->> 'code', hub.normalise_error(d.error ->> 'message'), g.jobs, g.died_at, g.newest,
               g.error_group
        FROM (
            SELECT kind_id, tenant_id, error_group, count(*) AS jobs, max(died_at) AS died_at, max(id) AS newest
            FROM (SELECT kind_id, tenant_id, error_group, died_at, id FROM hub.job_dead ORDER BY id DESC LIMIT 10000) newest
            GROUP BY kind_id, tenant_id, error_group ORDER BY jobs DESC, died_at DESC LIMIT $1
        ) g
        JOIN hub.job_dead d ON d.id = g.newest
        JOIN hub.job_kind k ON k.kind_id = g.kind_id
        LEFT JOIN hub.tenant t ON t.tenant_id = g.tenant_id
        ORDER BY g.jobs DESC, g.died_at DESC
        """)
}
