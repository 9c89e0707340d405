import FoundationEssentials
import Model
import Postgres

/// One row of a call's story.
struct TimelineRow: Sendable {
    let call: UUID
    let event: TimelineEvent
    var reason: String?
    var detail: JSONText?

    init(_ call: UUID, _ event: TimelineEvent, reason: String? = nil, detail: ((inout JSONText) -> Void)? = nil) {
        self.call = call
        self.event = event
        self.reason = reason
        if let detail {
            var json = JSONText()
            json.object(detail)
            self.detail = json
        }
    }
}

enum TimelineStore {
    /// Rows of one instant and place, in the order given.
    static let add = Statement(
        "timeline_add",
        """
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, reason, instance_id, setting_version, detail)
        SELECT $1, 'call', r.subject_id, r.event, r.reason, $2, $3, r.detail::jsonb
        FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS r (subject_id, event, reason, detail)
        """)

    /// Takes out of the stories of calls that became private whom they regarded and what the vendors said of them.
    static let redact = Statement("timeline_redact", "SELECT hub.redact_calls($1, $2)")

    static let statements = [add, redact]

    static func redact(_ calls: [UUID], tenant: Int32) -> Request { Request(redact, [tenant, calls]) }

    static func add(_ rows: [TimelineRow], tenant: Int32, instance: UUID, settingVersion: Int32) -> Request {
        Request(
            add,
            [
                tenant, instance, settingVersion, rows.map(\.call), rows.map(\.event.rawValue), rows.map(\.reason),
                rows.map { row in row.detail.map { String(decoding: $0.bytes, as: UTF8.self) } },
            ])
    }
}
