import Directory
import FoundationEssentials
import Model
import Postgres
import Tenants

/// What is known anew of whom a request's phone call is with, as it is stored.
struct CallbackRelation: Sendable {
    let id: UUID
    /// Nil: what is stored stays.
    let party: OtherParty?
    let story: [TimelineRow]

    init(_ id: UUID, _ party: OtherParty?, story: [TimelineRow] = []) {
        self.id = id
        self.party = party
        self.story = story
    }

    /// Its phone call was linked.
    static func linked(_ callback: StoredCallback, _ party: OtherParty) -> CallbackRelation {
        CallbackRelation(
            callback.id, party,
            story: [
                TimelineRow(callback.id, named: "linked") { json in
                    json.member("activity", callback.activityID.lowercase)
                    party.describe(in: &json)
                }
            ])
    }

    /// Somebody linked it to another, or to nobody.
    static func keptForHuman(_ callback: StoredCallback) -> CallbackRelation {
        CallbackRelation(
            callback.id, nil,
            story: [TimelineRow(callback.id, .keptForHuman) { $0.member("fields", [PhoneCallField.regarding.rawValue]) }])
    }
}

enum CallbackRelationStore {
    static let update = Statement(
        "callback_relation",
        """
        UPDATE hub.callback c SET
            regarding_table = coalesce(r.regarding_table, c.regarding_table), regarding_id = coalesce(r.regarding_id, c.regarding_id),
            match_rule = r.match_rule, changed_at = now()
        FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[]) AS r (callback_id, regarding_table, regarding_id, match_rule)
        WHERE c.tenant_id = $1 AND c.callback_id = r.callback_id AND c.erased_at IS NULL
        """)

    /// Into whom entries were merged, one after the other.
    static let heirs = Statement(
        "callback_relation_heirs", "SELECT entry_id, heir_id FROM hub.directory_heirs($1, $2) WHERE hops > 0")

    static let statements = [update, heirs]

    static func requests(_ relations: [CallbackRelation], tenant: TenantSituation, instance: UUID) -> [Request] {
        // Everybody who locks several requests does it in this order.
        let sorted = relations.sorted { $0.id.lowercase < $1.id.lowercase }
        let told = sorted.compactMap { relation in relation.party.map { (id: relation.id, party: $0) } }
        var requests: [Request] = []
        if !told.isEmpty {
            requests.append(
                Request(
                    update,
                    [
                        tenant.id, told.map(\.id), told.map { $0.party.regarding.row?.table.rawValue },
                        told.map { $0.party.regarding.row?.id }, told.map(\.party.rule),
                    ]))
        }
        let story = sorted.flatMap(\.story)
        if !story.isEmpty {
            requests.append(
                TimelineStore.add(
                    story, tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version, entity: .callback))
        }
        return requests
    }
}
