public import FoundationEssentials

/// Somebody's wish to be called back (`GET callbacks`). Every field may be missing, as in ``CallEvent``.
public struct CallbackRequest: Sendable, Equatable {
    public var id: UUID?
    public var listID: UUID?
    public var listName: String?
    /// The call that led to it.
    public var callID: UUID?
    /// Whom to call, as received: a number, a word such as `anonymous`, or nil.
    public var number: String?
    /// The number the caller had called, as received.
    public var calledNumber: String?
    public var queueID: UUID?
    public var queueName: String?
    public var created: Date?
    public var modified: Date?
    public var due: Date?
    public var expires: Date?
    public var closed: Date?
    /// Nil counts as open.
    public var state: CallbackState?
    /// The vendor's word for how it ended: `ClosedSuccessfully`, `Expired`, …
    public var result: String?
    public var assigneeID: UUID?
    /// Voicemails.
    public var recordingIDs: [UUID] = []
    public var note: String?
    public var unreadable: [AnswerField] = []
    public var raw: [UInt8] = []

    public init() {}
}

public enum CallbackState: Sendable, Hashable {
    case open, allocated, closed
    /// A value this version has no name for, as received.
    case unknown(String)
}

extension CallbackRequest: AnswerElement {
    static let prefix = "callback."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .callbackID: id = try value.uuid() ?? id
        case .callbackListID: listID = try value.uuid() ?? listID
        case .callbackListName: listName = try value.text() ?? listName
        case .callbackCallID: callID = try value.uuid()
        case .callbackNumber: number = try value.text() ?? number
        case .callbackCalledNumber: calledNumber = try value.text()
        case .callbackQueueID: queueID = try value.uuid()
        case .callbackQueueName: queueName = try value.text()
        case .callbackCreated: created = try value.time()
        case .callbackModified: modified = try value.time()
        case .callbackDue: due = try value.time()
        case .callbackExpires: expires = try value.time()
        case .callbackClosed: closed = try value.time()
        case .callbackState: state = try value.callbackState()
        case .callbackResult: result = try value.text() ?? result
        case .callbackAssignee: assigneeID = try value.uuid()
        case .callbackRecordingIDs: recordingIDs = try value.uuids()
        case .callbackNote: note = try value.text()
        default: try value.skip()
        }
    }
}
