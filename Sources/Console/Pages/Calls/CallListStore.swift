import Foundation
import Postgres

/// Lists calls, by the other party's number or of one day: both have an index that gives them in the order of the list. State, user and queue
/// are looked for on the way, as far as the reach.
struct CallListStore: Sendable {
    let database: Database
    /// How many calls of a day are looked at for one page.
    var reachOfDay: Int64 = 20_000
    /// How many of a number: each stands in a block of its own.
    var reachOfNumber: Int64 = 5_000

    static let statements = [ofDay, ofNumber, days]

    struct Row: Sendable {
        let id: UUID
        let state: String
        let reason: String?
        let direction: String
        let isInternal: Bool
        let startedAt: Date
        let talkSeconds: Int32
        let own: String?
        let other: String?
        let user: String?
        let queue: String?
        let key: PageKey
        fileprivate let fits: Bool
        /// Which of those that were looked at it is, from 1.
        fileprivate let place: Int64
    }

    /// A page of a list.
    struct Slice: Sendable {
        let rows: [Row]
        /// Where looking ended; nil: it ended for no more than the page, or with the last call.
        let end: PageKey?
    }

    /// Days with calls around one: the one before, the one after, and the day itself or, where none was given, the newest.
    struct Days: Sendable {
        let before: String?
        let day: String?
        let after: String?
    }

    /// Newest first.
    func list(tenant: Int32, day: String, _ filter: CallFilter, after: PageKey?, limit: Int) async throws -> Slice {
        try await slice(Self.ofDay, reachOfDay, tenant, filter, after, limit, [day, filter.number])
    }

    /// Newest first, of all days.
    func list(tenant: Int32, number: String, _ filter: CallFilter, after: PageKey?, limit: Int) async throws -> Slice {
        try await slice(Self.ofNumber, reachOfNumber, tenant, filter, after, limit, [number])
    }

    private func slice(
        _ statement: Statement, _ reach: Int64, _ tenant: Int32, _ filter: CallFilter, _ after: PageKey?, _ limit: Int,
        _ more: [any PostgresEncodable]
    ) async throws -> Slice {
        let parameters: [any PostgresEncodable] = [
            tenant, after?.micros, after?.id, Int32(limit), filter.state, filter.person, reach,
        ]
        let rows = try await database.query(statement, parameters + more).map(Row.init)
        return Slice(rows: rows.filter(\.fits), end: rows.last { $0.place == reach }?.key)
    }

    func days(tenant: Int32, around day: String?) async throws -> Days {
        let (before, day, after) = try await database.query(Self.days, [tenant, day])[0].decode(
            String?.self, String?.self, String?.self)
        return Days(before: before, day: day, after: after)
    }

    /// What is looked at, in order; then those that fit, and with them the last one that the reach allows.
    private static func looking(_ which: String) -> String {
        """
        SELECT c.call_id, c.state, c.reason, c.direction, c.internal, c.started_at, c.talk_seconds, c.own, c.other, c.user_name, c.queue_name,
               (extract(epoch FROM c.started_at) * 1000000)::bigint, c.fits, c.place
        FROM (
            SELECT l.*, row_number() OVER (ORDER BY l.started_at DESC, l.call_id DESC) AS place,
                   ($5::text IS NULL OR l.state = $5)
                   AND ($6::text IS NULL OR coalesce(position(lower($6) IN lower(l.user_name)) > 0, false)
                        OR coalesce(position(lower($6) IN lower(l.queue_name)) > 0, false)) AND l.is_number AS fits
            FROM (
                SELECT c.call_id, c.state, c.reason, c.direction, c.internal, c.started_at, c.talk_seconds,
                       coalesce(c.own_number, c.own_raw) AS own, coalesce(c.other_number, c.other_raw) AS other, c.user_name, c.queue_name,
                       \(which)
                  AND ($2::bigint IS NULL
                       OR (c.started_at, c.call_id) < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid))
                ORDER BY c.started_at DESC, c.call_id DESC
                LIMIT $7
            ) AS l
        ) AS c
        WHERE c.fits OR c.place = $7
        ORDER BY c.started_at DESC, c.call_id DESC
        LIMIT $4
        """
    }

    static let ofDay = Statement(
        "console.calls.day",
        looking(
            """
            $9::text IS NULL OR coalesce($9 IN (c.other_number, c.other_raw, c.own_number, c.own_raw), false) AS is_number
                FROM hub.call c
                WHERE c.tenant_id = $1 AND c.call_day = $8::text::date
            """))

    static let ofNumber = Statement(
        "console.calls.number",
        looking(
            """
            true AS is_number
                FROM hub.call c
                WHERE c.tenant_id = $1 AND c.other_number = $8
            """))

    static let days = Statement(
        "console.calls.days",
        """
        WITH here AS (
            SELECT coalesce($2::text::date, (SELECT max(call_day) FROM hub.call WHERE tenant_id = $1)) AS day
        )
        SELECT (SELECT max(c.call_day) FROM hub.call c WHERE c.tenant_id = $1 AND c.call_day < here.day)::text,
               here.day::text,
               (SELECT min(c.call_day) FROM hub.call c WHERE c.tenant_id = $1 AND c.call_day > here.day)::text
        FROM here
        """)
}

extension CallListStore.Row {
    fileprivate init(_ row: Postgres.Row) throws {
        let micros: Int64
        (id, state, reason, direction, isInternal, startedAt, talkSeconds, own, other, user, queue, micros, fits, place) =
            try row.decode(
                UUID.self, String.self, String?.self, String.self, Bool.self, Date.self, Int32.self, String?.self, String?.self,
                String?.self, String?.self, Int64.self, Bool.self, Int64.self)
        key = PageKey(micros: micros, id: id)
    }

    var from: String? { direction == "inbound" ? other : own }
    var to: String? { direction == "inbound" ? own : other }
}
