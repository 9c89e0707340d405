package import FoundationEssentials
package import Model
package import Postgres

/// One row of the story of a call, a callback or a person.
package struct TimelineRow: Sendable {
    package let subject: UUID
    /// Kind of the row: a code in `snake_case`.
    package let event: String
    package var reason: String?
    package var detail: JSONText?

    package init(_ subject: UUID, _ event: TimelineEvent, reason: String? = nil, detail: ((inout JSONText) -> Void)? = nil) {
        self.init(subject, named: event.rawValue, reason: reason, detail: detail)
    }

    package init(_ subject: UUID, named event: String, reason: String? = nil, detail: ((inout JSONText) -> Void)? = nil) {
        self.subject = subject
        self.event = event
        self.reason = reason
        if let detail {
            var json = JSONText()
            json.object(detail)
            self.detail = json
        }
    }
}

/// What a story is about.
package enum TimelineEntity: String, Sendable { case call, callback, person }

package enum TimelineStore {
    /// Rows of one instant and place, in the order given.
    package static let add = Statement(
        "timeline_add",
        """
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, reason, instance_id, setting_version, detail)
        SELECT $1, $8, r.subject_id, r.event, r.reason, $2, $3, r.detail::jsonb
        FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS r (subject_id, event, reason, detail)
        """)

    /// Takes out of the stories of calls that became private whom they regarded and what the vendors said of them.
    package static let redact = Statement("timeline_redact", "SELECT hub.redact_calls($1, $2)")

    /// Takes out of the stories of erased calls or requests what is not known to be harmless.
    package static let eraseStories = Statement("timeline_erase", "SELECT hub.erase_stories($1, $2, $3)")

    package static let statements = [add, redact, eraseStories]

    package static func eraseStories(_ subjects: [UUID], _ entity: TimelineEntity, tenant: Int32) -> Request {
        Request(eraseStories, [tenant, entity.rawValue, subjects])
    }

    package static func redact(_ calls: [UUID], tenant: Int32) -> Request { Request(redact, [tenant, calls]) }

    package static func add(
        _ rows: [TimelineRow], tenant: Int32, instance: UUID, settingVersion: Int32, entity: TimelineEntity = .call
    ) -> Request {
        Request(
            add,
            [
                tenant, instance, settingVersion, rows.map(\.subject), rows.map(\.event), rows.map(\.reason),
                rows.map { row in row.detail.map { String(decoding: $0.bytes, as: UTF8.self) } }, entity.rawValue,
            ])
    }
}
