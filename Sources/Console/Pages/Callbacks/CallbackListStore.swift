import Foundation
import Postgres

/// Lists callback requests, by number or of one day: both have an index.
struct CallbackListStore: Sendable {
    let database: Database

    static let statements = [ofDay, ofNumber, days]

    struct Row: Sendable {
        let id: UUID
        let state: String
        let reason: String?
        let list: String
        /// Whom its phone call was given to, where that is somebody whom the hub knows.
        let owner: String?
        let number: String?
        let requestedAt: Date
        let dueAt: Date?
        let enreachState: String
        let recordState: String?
        let key: PageKey
    }

    /// Newest first.
    func list(tenant: Int32, day: String, _ filter: CallFilter, state: String?, after: PageKey?, limit: Int) async throws -> [Row]
    {
        try await database.query(
            Self.ofDay, [tenant, after?.micros, after?.id, Int32(limit), state, filter.person, day, filter.number]
        ).map(Row.init)
    }

    /// Newest first, of all days.
    func list(
        tenant: Int32, number: String, _ filter: CallFilter, state: String?, after: PageKey?, limit: Int
    ) async throws -> [Row] {
        try await database.query(
            Self.ofNumber, [tenant, after?.micros, after?.id, Int32(limit), state, filter.person, number]
        ).map(Row.init)
    }

    func days(tenant: Int32, around day: String?) async throws -> CallListStore.Days {
        let (before, day, after) = try await database.query(Self.days, [tenant, day])[0].decode(
            String?.self, String?.self, String?.self)
        return CallListStore.Days(before: before, day: day, after: after)
    }

    private static let columns = """
        SELECT c.callback_id, c.state, c.reason, coalesce(c.list_name, c.list_id::text), o.full_name, coalesce(c.number, c.number_raw), c.requested_at,
               c.due_at, c.enreach_state, c.record_state, (extract(epoch FROM c.requested_at) * 1000000)::bigint
        FROM hub.callback c LEFT JOIN hub.person o ON o.tenant_id = c.tenant_id AND o.system_user_id = c.owner_id
        """

    private static let rest = """
          AND ($2::bigint IS NULL
               OR (c.requested_at, c.callback_id) < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid))
          AND ($5::text IS NULL OR c.state = $5)
          AND ($6::text IS NULL OR position(lower($6) IN lower(o.full_name)) > 0 OR position(lower($6) IN lower(c.list_name)) > 0
               OR position(lower($6) IN lower(c.queue_name)) > 0)
        ORDER BY c.requested_at DESC, c.callback_id DESC
        LIMIT $4
        """

    static let ofDay = Statement(
        "console.callbacks.day",
        """
        \(columns)
        WHERE c.tenant_id = $1 AND c.callback_day = $7::text::date AND ($8::text IS NULL OR $8 IN (c.number, c.number_raw))
        \(rest)
        """)

    static let ofNumber = Statement(
        "console.callbacks.number",
        """
        \(columns)
        WHERE c.tenant_id = $1 AND c.number = $7
        \(rest)
        """)

    static let days = Statement(
        "console.callbacks.days",
        """
        WITH here AS (
            SELECT coalesce($2::text::date, (SELECT max(callback_day) FROM hub.callback WHERE tenant_id = $1)) AS day
        )
        SELECT (SELECT max(c.callback_day) FROM hub.callback c WHERE c.tenant_id = $1 AND c.callback_day < here.day)::text,
               here.day::text,
               (SELECT min(c.callback_day) FROM hub.callback c WHERE c.tenant_id = $1 AND c.callback_day > here.day)::text
        FROM here
        """)
}

extension CallbackListStore.Row {
    fileprivate init(_ row: Postgres.Row) throws {
        let micros: Int64
        (id, state, reason, list, owner, number, requestedAt, dueAt, enreachState, recordState, micros) = try row.decode(
            UUID.self, String.self, String?.self, String.self, String?.self, String?.self, Date.self, Date?.self, String.self,
            String?.self,
            Int64.self)
        key = PageKey(micros: micros, id: id)
    }
}
