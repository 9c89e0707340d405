public import FoundationEssentials

/// One event of a call that belongs to a user (`GET /calls`); one call may have several.
///
/// Every field may be missing or unreadable; then it is nil and, when it was unreadable, named in ``unreadable``. Values
/// are as received: a negative duration or a number like `anonymous` is for the rules to judge.
public struct CallEvent: Sendable, Equatable {
    public var callID: UUID?
    /// Caller's number as received.
    public var aNumber: String?
    /// Called number as received.
    public var bNumber: String?
    /// Start of the call.
    public var start: Date?
    /// End of the call where the vendor gives one; nil while it runs (year 9999) and in older answers.
    public var end: Date?
    public var direction: CallDirection?
    public var answered: Bool?
    /// Seconds, as received.
    public var duration: Int?
    /// Seconds before the answer, where given.
    public var ringing: Int?
    /// The vendor's text for the kind of call; its values are not published.
    public var callType: String?
    public var userID: UUID?
    public var userName: String?
    public var recordingIDs: [UUID] = []
    public var transcriptIDs: [UUID] = []
    public var answerQueueID: UUID?
    /// How the user classed the call; `.undefined` when the answer said nothing.
    public var privacy: CallPrivacy = .undefined
    /// Last change of the event.
    public var modified: Date?
    /// Fields that were there but could not be read, by the names of ``FieldMap``.
    public var unreadable: [AnswerField] = []
    /// The element as received: one JSON object, fit for a `jsonb` column.
    public var raw: [UInt8] = []

    public init() {}
}

public enum CallDirection: Sendable, Hashable { case inbound, outbound }

/// The privacy class of a user's call.
public enum CallPrivacy: Sendable, Hashable {
    case work, `private`, undefined
    /// A value this version has no name for, as received.
    case unknown(String)
}

extension CallEvent: AnswerElement {
    static let prefix = "call."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .callID: callID = try value.uuid()
        case .callANumber: aNumber = try value.text()
        case .callBNumber: bNumber = try value.text()
        case .callStart: start = try value.time() ?? start
        case .callEnd: end = try value.time()
        case .callDirection: direction = try value.direction()
        case .callResult: answered = try value.answered()
        case .callDuration: duration = try value.seconds()
        case .callRinging: ringing = try value.seconds() ?? ringing
        case .callType: callType = try value.text()
        case .callUserID: userID = try value.uuid()
        case .callUserName: userName = try value.text()
        case .callRecordingIDs: recordingIDs = try value.uuids()
        case .callTranscriptIDs: transcriptIDs = try value.uuids()
        case .callAnswerQueueID: answerQueueID = try value.uuid()
        case .callPrivacy: privacy = try value.privacy()
        case .callModified: modified = try value.time()
        default: try value.skip()
        }
    }
}
