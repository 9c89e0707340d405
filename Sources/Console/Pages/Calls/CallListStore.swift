import Foundation
import Postgres

/// Lists calls, by the other party's number or of one day: both have an index, whatever the number of calls.
struct CallListStore: Sendable {
    let database: Database

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
    }

    /// Days with calls around one: the one before, the one after, and the day itself or, where none was given, the newest.
    struct Days: Sendable {
        let before: String?
        let day: String?
        let after: String?
    }

    /// Newest first.
    func list(tenant: Int32, day: String, _ filter: CallFilter, after: PageKey?, limit: Int) async throws -> [Row] {
        try await database.query(
            Self.ofDay, [tenant, after?.micros, after?.id, Int32(limit), filter.state, filter.person, day, filter.number]
        ).map(Row.init)
    }

    /// Newest first, of all days.
    func list(tenant: Int32, number: String, _ filter: CallFilter, after: PageKey?, limit: Int) async throws -> [Row] {
        try await database.query(
            Self.ofNumber, [tenant, after?.micros, after?.id, Int32(limit), filter.state, filter.person, number]
        ).map(Row.init)
    }

    func days(tenant: Int32, around day: String?) async throws -> Days {
        let (before, day, after) = try await database.query(Self.days, [tenant, day])[0].decode(
            String?.self, String?.self, String?.self)
        return Days(before: before, day: day, after: after)
    }

    private static let columns = """
        SELECT c.call_id, c.state, c.reason, c.direction, c.internal, c.started_at, c.talk_seconds,
               coalesce(c.own_number, c.own_raw), coalesce(c.other_number, c.other_raw), c.user_name, c.queue_name,
               (extract(epoch FROM c.started_at) * 1000000)::bigint
        FROM hub.call c
        """

    private static let rest = """
          AND ($2::bigint IS NULL
               OR (c.started_at, c.call_id) < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid))
          AND ($5::text IS NULL OR c.state = $5)
          AND ($6::text IS NULL OR position(lower($6) IN lower(c.user_name)) > 0 OR position(lower($6) IN lower(c.queue_name)) > 0)
        ORDER BY c.started_at DESC, c.call_id DESC
        LIMIT $4
        """

    static let ofDay = Statement(
        "console.calls.day",
        """
        \(columns)
        WHERE c.tenant_id = $1 AND c.call_day = $7::text::date
          AND ($8::text IS NULL OR $8 IN (c.other_number, c.other_raw, c.own_number, c.own_raw))
        \(rest)
        """)

    static let ofNumber = Statement(
        "console.calls.number",
        """
        \(columns)
        WHERE c.tenant_id = $1 AND c.other_number = $7
        \(rest)
        """)

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
        (id, state, reason, direction, isInternal, startedAt, talkSeconds, own, other, user, queue, micros) = try row.decode(
            UUID.self, String.self, String?.self, String.self, Bool.self, Date.self, Int32.self, String?.self, String?.self,
            String?.self,
            String?.self, Int64.self)
        key = PageKey(micros: micros, id: id)
    }

    var from: String? { direction == "inbound" ? other : own }
    var to: String? { direction == "inbound" ? own : other }
}
