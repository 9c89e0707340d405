package import Foundation
package import Postgres

/// Reads calls and their stories.
package struct CallStoryStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [byID, byNumber, timeline]

    /// Calls whose id, or whose phone call's id in Dynamics, is the given one.
    package func calls(id: UUID, tenant: Int32?) async throws -> [CallRow] {
        try await database.query(Self.byID, [id, tenant]).map(CallRow.init(row:))
    }

    /// The newest calls with a number: of all times when it is the other party's in E.164, else of the last 31 days.
    package func calls(number: String, tenant: Int32?, limit: Int) async throws -> [CallRow] {
        try await database.query(Self.byNumber, [number, tenant, Int32(limit)]).map(CallRow.init(row:))
    }

    /// Everything about a call.
    package func story(of call: CallRow) async throws -> CallStory {
        let events = try await timeline(of: call)
        let settings =
            if let version = call.settingVersion, version > 0 {
                try await SettingStore(database: database).stored(tenant: call.tenantID, version: version)
            } else { [SettingStore.Stored]() }
        let jobs = try await CallJobStore(database: database).jobs(of: call, around: events.map(\.at))
        return CallStory(call: call, events: events, jobs: jobs, settings: settings)
    }

    /// The call's timeline, oldest first.
    package func timeline(of call: CallRow) async throws -> [StoryEvent] {
        try await database.query(Self.timeline, [call.tenantID, call.callID]).map(StoryEvent.init(row:))
    }

    private static let facts = """
        SELECT t.name AS tenant, c.tenant_id, c.call_id, c.state, c.reason, c.privacy, c.direction, c.answered, c.internal,
               c.started_at, c.ended_at, c.talk_seconds,
               coalesce(c.own_number, c.own_raw) AS own_number, coalesce(c.other_number, c.other_raw) AS other_number,
               c.user_name, c.queue_name, c.oddities, c.legs::text AS legs, c.first_seen_at,
               c.activity_id, c.owner_id, p.full_name AS owner_name, c.owner_rule, c.regarding_table, c.regarding_id, c.match_rule,
               c.written_at, c.updated_at, c.setting_version, c.content_version, c.written_version,
               c.backfill_id, c.error_code, c.error_text
        FROM hub.call c
        JOIN hub.tenant t USING (tenant_id)
        LEFT JOIN hub.person p ON p.tenant_id = c.tenant_id AND p.system_user_id = c.owner_id
        """

    /// Which tenants are meant: every key starts with the tenant, so each is looked up by its index.
    private static let tenants = "SELECT tenant_id FROM hub.tenant WHERE tenant_id = coalesce($2::integer, tenant_id)"

    package static let byID = Statement(
        "command.call.by_id",
        """
        \(facts)
        WHERE (c.tenant_id, c.call_id) IN (
            SELECT f.tenant_id, f.call_id FROM hub.call f WHERE f.tenant_id IN (\(tenants)) AND f.call_id = $1
            UNION
            SELECT f.tenant_id, f.call_id FROM hub.call f WHERE f.tenant_id IN (\(tenants)) AND f.activity_id = $1
        )
        ORDER BY c.started_at DESC
        """)

    package static let byNumber = Statement(
        "command.call.by_number",
        """
        \(facts)
        WHERE (c.tenant_id, c.call_id) IN (
            SELECT f.tenant_id, f.call_id FROM hub.call f WHERE f.tenant_id IN (\(tenants)) AND f.other_number = $1
            UNION
            SELECT f.tenant_id, f.call_id FROM hub.call f
            WHERE f.tenant_id IN (\(tenants)) AND f.call_day >= current_date - 31
              AND $1 IN (f.other_raw, f.own_number, f.own_raw)
        )
        ORDER BY c.started_at DESC
        LIMIT $3
        """)

    package static let timeline = Statement(
        "command.call.timeline",
        """
        SELECT l.at, l.event, l.reason, i.program || ' on ' || i.host || ' (pid ' || i.pid || ')',
               l.setting_version, l.detail::text
        FROM hub.timeline l
        LEFT JOIN hub.instance i USING (instance_id)
        WHERE l.tenant_id = $1 AND l.subject_id = $2 AND l.entity = 'call'
        ORDER BY l.at, l.seq
        """)
}
