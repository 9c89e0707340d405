import FoundationEssentials
import Model
import Tenants

/// What became of a call in one attempt, as it is stored.
struct CallResult: Sendable {
    let call: UUID
    let isPrivate: Bool
    var state: CallState
    var reason: String?
    /// Content the result rests on; nil leaves the call due.
    var handledVersion: Int32?
    var activityID: UUID
    /// Fields as last written; nil leaves what is stored, an empty object forgets it.
    var written: [UInt8]?
    var owner: Owner?
    var regarding: RowReference?
    /// How the other party was looked for; nil leaves what is stored.
    var matchRule: String?
    /// The entry of the directory that the call was with, and when.
    var spokeWith: (entry: UUID, at: Date)?
    /// A number that so many carry that nobody was linked.
    var ambiguity: (number: String, candidates: Int, at: Date)?
    /// The record was made or changed.
    var touchedRecord = false
    var errorCode: String?
    var errorText: String?
    var story: [TimelineRow] = []
    /// Seconds from the call's end to its record, for a live call that has it for the first time.
    var latency: Double?
    /// How it counts in the hour's figures.
    var figure: HourFigure?

    enum HourFigure: Int, Sendable, CaseIterable { case written, adopted, updated, withdrawn, skipped, dead }

    /// The call as it was, to be changed.
    init(_ call: StoredCall) {
        self.call = call.id
        isPrivate = call.facts.privacy == .private
        state = call.state
        reason = call.reason
        activityID = call.activityID
    }
}
