import Foundation

/// Everything the hub knows about one call, as it was read: what `why` tells.
struct CallStory: Sendable {
    var call: CallRow
    /// Oldest first.
    var events: [StoryEvent]
    /// The call's jobs, oldest first.
    var jobs: [StoryJob]
    /// The settings that differed from their defaults when the last decision was made.
    var settings: [SettingStore.Stored]
}

/// The row of `hub.call`, as far as a person wants to know.
struct CallRow: Sendable {
    var tenant: String
    var tenantID: Int32
    var callID: UUID
    var state: String
    var reason: String?
    var privacy: String
    var direction: String
    var answered: Bool
    var isInternal: Bool
    var startedAt: Date
    var endedAt: Date?
    var talkSeconds: Int32
    var ownNumber: String?
    var otherNumber: String?
    var userName: String?
    var queueName: String?
    /// What was odd about the data and handled by rule, as codes.
    var oddities: [String]
    /// The JSON array of legs as stored.
    var legs: String
    var firstSeenAt: Date
    var activityID: UUID
    var ownerID: UUID?
    var ownerName: String?
    var ownerRule: String?
    var regardingTable: String?
    var regardingID: UUID?
    /// How the other party was looked for.
    var matchRule: String?
    var writtenAt: Date?
    var updatedAt: Date?
    var settingVersion: Int32?
    var contentVersion: Int32
    var writtenVersion: Int32?
    var backfillID: Int64?
    var errorCode: String?
    var errorText: String?
}

/// One row of `hub.timeline`.
struct StoryEvent: Sendable {
    var at: Date
    var event: String
    var reason: String?
    /// `call-sync on host1 (pid 4711)`; nil when nobody noted it.
    var instance: String?
    var settingVersion: Int32?
    /// The particulars as stored.
    var detail: String?
}

/// One job that worked, or is to work, on the call.
struct StoryJob: Sendable {
    var id: Int64
    var kind: String
    var state: String
    var attempts: Int
    /// Nil for jobs of the past, which don't keep it.
    var maxAttempts: Int?
    var enqueuedAt: Date
    /// When it becomes due, was claimed, died or finished, by its state.
    var at: Date?
    var worker: String?
    var note: String?
    /// The last error as stored.
    var error: String?
}
