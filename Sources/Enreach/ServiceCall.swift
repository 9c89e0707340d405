public import FoundationEssentials

/// One inbound call through a queue (`GET /servicecall`). Service calls are always work; but a direct call shows up here, too, when it came
/// through a user's own work number.
///
/// Every field may be missing, as in ``CallEvent``.
public struct ServiceCall: Sendable, Equatable {
    public var serviceCallID: UUID?
    /// The logical call; joins to ``CallEvent/callID``.
    public var callID: UUID?
    public var queueID: UUID?
    /// May be missing when the call came through a personal work number.
    public var queueName: String?
    public var queueNumber: String?
    public var aNumber: String?
    public var bNumber: String?
    public var start: Date?
    public var end: Date?
    public var answered: Bool?
    /// Seconds, as received.
    public var duration: Int?
    /// Seconds in the queue before an answer, where given.
    public var waiting: Int?
    /// The agent who answered.
    public var userID: UUID?
    public var userName: String?
    public var recordingIDs: [UUID] = []
    public var transcriptIDs: [UUID] = []
    public var modified: Date?
    public var unreadable: [AnswerField] = []
    /// The element as received: one JSON object, fit for a `jsonb` column.
    public var raw: [UInt8] = []

    public init() {}
}

extension ServiceCall: AnswerElement {
    static let prefix = "service_call."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .serviceCallID: serviceCallID = try value.uuid()
        case .serviceCallCallID: callID = try value.uuid()
        case .serviceCallQueueID: queueID = try value.uuid()
        case .serviceCallQueueName: queueName = try value.text()
        case .serviceCallQueueNumber: queueNumber = try value.text()
        case .serviceCallANumber: aNumber = try value.text()
        case .serviceCallBNumber: bNumber = try value.text()
        case .serviceCallStart: start = try value.time() ?? start
        case .serviceCallEnd: end = try value.time()
        case .serviceCallResult: answered = try value.answered()
        case .serviceCallDuration: duration = try value.seconds()
        case .serviceCallWaiting: waiting = try value.seconds() ?? waiting
        case .serviceCallUserID: userID = try value.uuid() ?? userID
        case .serviceCallUserName: userName = try value.text() ?? userName
        case .serviceCallRecordingIDs: recordingIDs = try value.uuids()
        case .serviceCallTranscriptIDs: transcriptIDs = try value.uuids()
        case .serviceCallModified: modified = try value.time()
        default: try value.skip()
        }
    }
}
