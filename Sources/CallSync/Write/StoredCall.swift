import FoundationEssentials
import Model
import PhoneNumbers
import Postgres

/// A call as the worker finds it.
struct StoredCall: Sendable {
    let id: UUID
    let state: CallState
    let reason: String?
    let facts: CallFacts
    let contentVersion: Int32
    let writtenVersion: Int32?
    let activityID: UUID
    let written: [PhoneCallField: String]
    /// A record of the call has stood in Dynamics, now or before it was withdrawn.
    let hadRecord: Bool
    /// Code of the last error. Nil: the last try went well.
    let errorCode: String?
    let isLive: Bool
    /// Its numbers were erased: what is left to be done for it the erasure does.
    var isErased: Bool { facts.isErased }

    init(
        id: UUID, state: CallState, reason: String? = nil, facts: CallFacts, contentVersion: Int32 = 1,
        writtenVersion: Int32? = nil,
        activityID: UUID, written: [PhoneCallField: String] = [:], hadRecord: Bool = false, errorCode: String? = nil,
        isLive: Bool = true
    ) {
        self.id = id
        self.state = state
        self.reason = reason
        self.facts = facts
        self.contentVersion = contentVersion
        self.writtenVersion = writtenVersion
        self.activityID = activityID
        self.written = written
        self.hadRecord = hadRecord
        self.errorCode = errorCode
        self.isLive = isLive
    }
}

extension StoredCall {
    /// It was withdrawn, and its record left standing: a human's, or one that a human changed.
    var wasMarked: Bool {
        hadRecord && !state.hasRecord && reason != StateReason.withdrawnDeleted.rawValue
    }

    /// An attempt may have adopted a phone call with its answer lost: only the record then tells whose it is.
    var mayHaveAdopted: Bool { (state == .pending || state == .dead) && !hadRecord }

    /// What a call is read from, by ``init(_:numbers:)``.
    static let columns = """
        call_id, state, reason, privacy, direction, answered,
            CASE WHEN 'no_time' = ANY (oddities) THEN NULL ELSE started_at END, ended_at, talk_seconds,
            own_raw, other_raw, enreach_user_id, user_name, queue_id, queue_name, recording_ids, transcript_ids, oddities,
            content_version, written_version, activity_id, written, error_code, backfill_id IS NULL, erased_at IS NOT NULL
        """

    static let load = Statement(
        "call_load",
        """
        SELECT \(columns)
        FROM hub.call WHERE tenant_id = $1 AND call_id = ANY ($2)
        """)

    /// - Parameter numbers: how the tenant's numbers are read.
    init(_ row: Row, numbers: NumberReader) throws {
        let (
            id, state, reason, privacy, direction, answered, start, end, talk, own, other, user, userName, queue, queueName,
            recordings,
            transcripts, oddities, version, writtenVersion, activity, written, errorCode, isLive, isErased
        ) = try row.decode(
            UUID.self, String.self, String?.self, String.self, String.self, Bool.self, Date?.self, Date?.self, Int32.self,
            String?.self,
            String?.self, UUID?.self, String?.self, UUID?.self, String?.self, [UUID].self, [UUID].self, [String].self, Int32.self,
            Int32?.self, UUID.self, JSONB?.self, String?.self, Bool.self, Bool.self)
        var facts = CallFacts(
            privacy: Privacy(rawValue: privacy) ?? .undefined, direction: Direction(rawValue: direction) ?? .inbound,
            answered: answered, startedAt: start, endedAt: end, talkSeconds: Int(talk), own: numbers.read(own),
            other: numbers.read(other), userID: user, userName: userName, queueID: queue, queueName: queueName,
            recordingIDs: recordings, transcriptIDs: transcripts, oddities: Set(oddities.compactMap(CallFacts.Oddity.init)))
        facts.isErased = isErased
        self.init(
            id: id, state: CallState(rawValue: state) ?? .pending, reason: reason, facts: facts,
            contentVersion: version, writtenVersion: writtenVersion, activityID: activity,
            written: try written.map { try WrittenFields.read($0.bytes) } ?? [:], hadRecord: written != nil,
            errorCode: errorCode, isLive: isLive)
    }
}
