package import Foundation
package import Postgres

/// Finds callback requests and their stories.
package struct CallbackRowStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [byID, byNumber, newest, timeline]

    /// By the request's id, its phone call's, or that of the call that led to it.
    package func rows(id: UUID, tenant: Int32?) async throws -> [CallbackRow] {
        try await database.query(Self.byID, [id, tenant]).map(CallbackRow.init(row:))
    }

    package func rows(number: String, tenant: Int32?, limit: Int) async throws -> [CallbackRow] {
        try await database.query(Self.byNumber, [number, tenant, Int32(clamping: limit)]).map(CallbackRow.init(row:))
    }

    package func newest(tenant: Int32, state: String?, limit: Int) async throws -> [CallbackRow] {
        try await database.query(Self.newest, [tenant, state, Int32(clamping: limit)]).map(CallbackRow.init(row:))
    }

    /// Oldest first.
    package func events(of row: CallbackRow) async throws -> [StoryEvent] {
        try await database.query(Self.timeline, [row.tenantID, row.id]).map(StoryEvent.init(row:))
    }

    private static let facts = """
        SELECT t.name AS tenant, c.tenant_id, c.callback_id, c.state, c.reason, coalesce(c.list_name, c.list_id::text),
               coalesce(c.number, c.number_raw), c.called_number, c.call_id, c.requested_at, c.due_at, c.note, c.enreach_state,
               c.enreach_result, c.first_seen_at, c.polled_at, c.told_at, c.activity_id, c.record_state, c.bundle_id, c.ignored_for,
               p.name, c.profile_version,
               coalesce(CASE WHEN c.dynamics_queue_id = p.queue_id THEN k.queue_name END, c.dynamics_queue_id::text), o.full_name,
               c.owner_rule,
               c.dynamics_queue_id, c.regarding_table, c.regarding_id, c.match_rule, c.written_at, c.close_state,
               c.closed_at, c.setting_version, c.error_code, c.error_text
        FROM hub.callback c
        JOIN hub.tenant t USING (tenant_id)
        LEFT JOIN hub.callback_profile p USING (tenant_id, profile_id)
        LEFT JOIN hub.callback_check k
            ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
        LEFT JOIN hub.person o ON o.tenant_id = c.tenant_id AND o.system_user_id = c.owner_id
        """

    private static let tenants = "SELECT tenant_id FROM hub.tenant WHERE tenant_id = coalesce($2::integer, tenant_id)"

    package static let byID = Statement(
        "command.callback.by_id",
        """
        \(facts)
        WHERE (c.tenant_id, c.callback_id) IN (
            SELECT f.tenant_id, f.callback_id FROM hub.callback f WHERE f.tenant_id IN (\(tenants)) AND f.callback_id = $1
            UNION
            SELECT f.tenant_id, f.callback_id FROM hub.callback f WHERE f.tenant_id IN (\(tenants)) AND f.activity_id = $1
            UNION
            SELECT f.tenant_id, f.callback_id FROM hub.callback f WHERE f.tenant_id IN (\(tenants)) AND f.call_id = $1
        )
        ORDER BY c.requested_at DESC
        """)

    package static let byNumber = Statement(
        "command.callback.by_number",
        """
        \(facts)
        WHERE c.tenant_id IN (\(tenants)) AND c.number = $1
        ORDER BY c.requested_at DESC LIMIT $3
        """)

    package static let newest = Statement(
        "command.callback.newest",
        """
        \(facts)
        WHERE c.tenant_id = $1 AND c.state = coalesce($2, c.state)
        ORDER BY c.callback_day DESC, c.requested_at DESC LIMIT $3
        """)

    package static let timeline = Statement(
        "command.callback.timeline",
        """
        SELECT l.at, l.event, l.reason, i.program || ' on ' || i.host || ' (pid ' || i.pid || ')',
               l.setting_version, l.detail::text
        FROM hub.timeline l
        LEFT JOIN hub.instance i USING (instance_id)
        WHERE l.tenant_id = $1 AND l.subject_id = $2 AND l.entity = 'callback'
        ORDER BY l.at, l.seq
        """)
}

extension CallbackRow {
    fileprivate init(row: Row) throws {
        let (
            tenant, tenantID, id, state, reason, list, number, called, call, requested, due, note, stage, result, seen, polled,
            told,
            activity, record, bundle, ignored, profile, profileVersion, queue, owner, rule, queueID, table, regarding, match,
            written,
            close, closed,
            version,
            code, text
        ) = try row.decode(
            String.self, Int32.self, UUID.self, String.self, String?.self, String.self, String?.self, String?.self, UUID?.self,
            Date.self,
            Date?.self, String?.self, String.self, String?.self, Date.self, Date?.self, Date?.self, UUID.self, String?.self,
            UUID?.self,
            UUID?.self, String?.self, Int32?.self, String?.self, String?.self, String?.self, UUID?.self, String?.self, UUID?.self,
            String?.self, Date?.self,
            String?.self,
            Date?.self, Int32?.self, String?.self, String?.self)
        self.init(
            tenant: tenant, tenantID: tenantID, id: id, state: state, reason: reason, list: list, number: number,
            calledNumber: called,
            callID: call, requestedAt: requested, dueAt: due, note: note, enreachState: stage, enreachResult: result,
            firstSeenAt: seen,
            polledAt: polled, toldAt: told, activityID: activity, recordState: record, bundleID: bundle, ignoredFor: ignored,
            profile: profile, profileVersion: profileVersion, queue: queue, queueID: queueID, ownerName: owner, ownerRule: rule,
            regardingTable: table, regardingID: regarding, matchRule: match,
            writtenAt: written, closeState: close, closedAt: closed, settingVersion: version, errorCode: code, errorText: text)
    }
}
