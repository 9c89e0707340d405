import FoundationEssentials
import Model
import PhoneNumbers
import Postgres

/// A request as the worker finds it.
struct StoredCallback: Sendable {
    let state: CallbackState
    let reason: String?
    let facts: CallbackFacts
    let activityID: UUID
    let recordState: RecordState?
    let firstSeenAt: Date
    let profileID: UUID?
    let ownerID: UUID?
    /// Whom its phone call was linked to, and by which rule.
    let regardingID: UUID?
    let matchRule: String?
    /// Code of the last error. Nil: the last try went well.
    let errorCode: String?

    var id: UUID { facts.id }
    /// It has no phone call yet, and may get one.
    var isUnwritten: Bool { state == .pending || state == .dead }

    static let load = Statement(
        "callback_load",
        """
        SELECT callback_id, state, reason, list_id, list_name, number_raw, called_number, call_id, queue_name, requested_at, due_at, expires_at,
            note, recording_ids, enreach_state, enreach_result, activity_id, record_state, first_seen_at, profile_id,
            erased_at IS NOT NULL, owner_id, regarding_id, match_rule, error_code
        FROM hub.callback WHERE tenant_id = $1 AND callback_id = ANY ($2)
        """)

    /// Requests of the numbers given whose phone calls were open when last seen, and those that wait for their profile, with the number they
    /// have in common.
    static let siblings = Statement(
        "callback_siblings",
        """
        SELECT number, callback_id, activity_id, list_id, bundle_id, requested_at, state = 'written'
        FROM hub.callback
        WHERE tenant_id = $1 AND number = ANY ($2)
            AND (state = 'written' AND record_state = 'open' OR state = 'pending' AND reason = 'profile_in_trouble')
        """)

    static let statements = [load, siblings]

    /// - Parameter numbers: how the tenant's numbers are read.
    init(_ row: Row, numbers: NumberReader) throws {
        let (
            id, state, reason, list, listName, number, called, call, queue, requested, due, expires, note, recordings, stage,
            result, activity,
            record, seen, profile, isErased, owner, regarding, rule, error
        ) = try row.decode(
            UUID.self, String.self, String?.self, UUID.self, String?.self, String?.self, String?.self, UUID?.self, String?.self,
            Date.self,
            Date?.self, Date?.self, String?.self, [UUID].self, String.self, String?.self, UUID.self, String?.self, Date.self,
            UUID?.self, Bool.self, UUID?.self, UUID?.self, String?.self, String?.self)
        self.state = CallbackState(rawValue: state) ?? .pending
        self.reason = reason
        var facts = CallbackFacts(
            id: id, listID: list, listName: listName, number: numbers.read(number), calledNumber: called, callID: call,
            queueName: queue, requestedAt: requested, dueAt: due, expiresAt: expires, note: note, recordingIDs: recordings,
            stage: CallbackFacts.Stage(rawValue: stage) ?? .open, result: result)
        facts.isErased = isErased
        self.facts = facts
        activityID = activity
        recordState = record.flatMap(RecordState.init)
        firstSeenAt = seen
        profileID = profile
        ownerID = owner
        regardingID = regarding
        matchRule = rule
        errorCode = error
    }
}
