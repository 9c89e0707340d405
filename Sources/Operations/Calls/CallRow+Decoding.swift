import Foundation
package import Postgres

extension CallRow {
    package init(row: Row) throws {
        self.init(
            tenant: try row.decode("tenant", as: String.self),
            tenantID: try row.decode("tenant_id", as: Int32.self),
            callID: try row.decode("call_id", as: UUID.self),
            state: try row.decode("state", as: String.self),
            reason: try row.decode("reason", as: String?.self),
            privacy: try row.decode("privacy", as: String.self),
            direction: try row.decode("direction", as: String.self),
            answered: try row.decode("answered", as: Bool.self),
            isInternal: try row.decode("internal", as: Bool.self),
            startedAt: try row.decode("started_at", as: Date.self),
            endedAt: try row.decode("ended_at", as: Date?.self),
            talkSeconds: try row.decode("talk_seconds", as: Int32.self),
            ownNumber: try row.decode("own_number", as: String?.self),
            otherNumber: try row.decode("other_number", as: String?.self),
            userName: try row.decode("user_name", as: String?.self),
            queueName: try row.decode("queue_name", as: String?.self),
            oddities: try row.decode("oddities", as: [String].self),
            legs: try row.decode("legs", as: String.self),
            firstSeenAt: try row.decode("first_seen_at", as: Date.self),
            activityID: try row.decode("activity_id", as: UUID.self),
            ownerID: try row.decode("owner_id", as: UUID?.self),
            ownerName: try row.decode("owner_name", as: String?.self),
            ownerRule: try row.decode("owner_rule", as: String?.self),
            regardingTable: try row.decode("regarding_table", as: String?.self),
            regardingID: try row.decode("regarding_id", as: UUID?.self),
            matchRule: try row.decode("match_rule", as: String?.self),
            writtenAt: try row.decode("written_at", as: Date?.self),
            updatedAt: try row.decode("updated_at", as: Date?.self),
            settingVersion: try row.decode("setting_version", as: Int32?.self),
            contentVersion: try row.decode("content_version", as: Int32.self),
            writtenVersion: try row.decode("written_version", as: Int32?.self),
            backfillID: try row.decode("backfill_id", as: Int64?.self),
            errorCode: try row.decode("error_code", as: String?.self),
            errorText: try row.decode("error_text", as: String?.self))
    }
}

extension StoryEvent {
    package init(row: Row) throws {
        let (at, event, reason, instance, settingVersion, detail) = try row.decode(
            Date.self, String.self, String?.self, String?.self, Int32?.self, String?.self)
        self.init(
            at: at, event: event, reason: reason, instance: instance, settingVersion: settingVersion, detail: detail)
    }
}
