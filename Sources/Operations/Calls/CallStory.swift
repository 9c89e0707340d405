package import Foundation

/// Everything the hub knows about one call, as it was read: what `why` tells.
package struct CallStory: Sendable {
    package var call: CallRow
    /// Oldest first.
    package var events: [StoryEvent]
    /// The call's jobs, oldest first.
    package var jobs: [StoryJob]
    /// The settings that differed from their defaults when the last decision was made.
    package var settings: [SettingStore.Stored]
}

/// The row of `hub.call`, as far as a person wants to know.
package struct CallRow: Sendable {
    package var tenant: String
    package var tenantID: Int32
    package var callID: UUID
    package var state: String
    package var reason: String?
    package var privacy: String
    package var direction: String
    package var answered: Bool
    package var isInternal: Bool
    package var startedAt: Date
    package var endedAt: Date?
    package var talkSeconds: Int32
    package var ownNumber: String?
    package var otherNumber: String?
    package var userName: String?
    package var queueName: String?
    /// What was odd about the data and handled by rule, as codes.
    package var oddities: [String]
    /// The JSON array of legs as stored.
    package var legs: String
    package var firstSeenAt: Date
    package var activityID: UUID
    package var ownerID: UUID?
    package var ownerName: String?
    package var ownerRule: String?
    package var regardingTable: String?
    package var regardingID: UUID?
    /// How the other party was looked for.
    package var matchRule: String?
    package var writtenAt: Date?
    package var updatedAt: Date?
    package var settingVersion: Int32?
    package var contentVersion: Int32
    package var writtenVersion: Int32?
    package var backfillID: Int64?
    package var errorCode: String?
    package var errorText: String?
}

/// One row of `hub.timeline`.
package struct StoryEvent: Sendable {
    package var at: Date
    package var event: String
    package var reason: String?
    /// `call-sync on host1 (pid 4711)`; nil when nobody noted it.
    package var instance: String?
    package var settingVersion: Int32?
    /// The particulars as stored.
    package var detail: String?
}

/// One job that worked, or is to work, on the call.
package struct StoryJob: Sendable {
    package var id: Int64
    package var kind: String
    package var state: String
    package var attempts: Int
    /// Nil for jobs of the past, which don't keep it.
    package var maxAttempts: Int?
    package var enqueuedAt: Date
    /// When it becomes due, was claimed, died or finished, by its state.
    package var at: Date?
    package var worker: String?
    package var note: String?
    /// The last error as stored.
    package var error: String?
}
