public import Foundation

/// A list that callback requests stand in.
public struct CallbackListRecord: Sendable, Codable, Equatable {
    public var id: UUID
    public var name: String
    /// A deleted list is still shown, with its mark, and takes and gives nothing.
    public var deleted: Bool
    /// The list is shown, and the API user may not read its requests: access is given list by list. Nil: it may.
    public var forbidden: Bool?

    public init(id: UUID, name: String, deleted: Bool = false, forbidden: Bool? = nil) {
        self.id = id
        self.name = name
        self.deleted = deleted
        self.forbidden = forbidden
    }
}

/// Somebody's wish to be called back, as Enreach Cloud keeps it.
public struct CallbackRecord: Sendable, Codable, Equatable {
    public enum State: String, Sendable, Codable, CaseIterable {
        case open = "Open"
        case allocated = "Allocated"
        case closed = "Closed"
    }

    public var id: UUID
    public var listID: UUID
    public var listName: String
    /// The call that led to it, if any.
    public var callID: UUID?
    /// Whom to call: E.164, a word such as `anonymous`, or nothing.
    public var number: String?
    /// Where the caller came from.
    public var calledNumber: String?
    public var queueID: UUID?
    public var queueName: String?
    public var created: Date
    public var modified: Date
    public var due: Date?
    /// The system closes it then.
    public var expires: Date?
    public var closed: Date?
    public var state: State
    /// `None`, `ClosedSuccessfully`, `Busy`, `NoAnswer`, `Expired`, `ClosedByIntegration`.
    public var result: String
    public var assignedUserID: UUID?
    public var requestTypeID: Int?
    /// Voicemails.
    public var recordingIDs: [UUID]
    public var note: String?
    /// Extra details, by name.
    public var data: [String: String]

    public init(
        id: UUID, list: CallbackListRecord, callID: UUID? = nil, number: String?, calledNumber: String? = nil,
        queue: EnreachQueueRecord? = nil, created: Date, due: Date? = nil, expires: Date? = nil, recordingIDs: [UUID] = [],
        note: String? = nil, data: [String: String] = [:]
    ) {
        self.id = id
        listID = list.id
        listName = list.name
        self.callID = callID
        self.number = number
        self.calledNumber = calledNumber ?? queue?.numbers.first
        queueID = queue?.id
        queueName = queue?.name
        self.created = created
        modified = created
        self.due = due
        self.expires = expires
        state = .open
        result = "None"
        self.recordingIDs = recordingIDs
        self.note = note
        self.data = data
    }

    mutating func close(_ result: String, at instant: Date) {
        state = .closed
        self.result = result
        closed = instant
    }
}

/// What is told of a callback request.
public enum CallbackEvent: String, Sendable {
    case created = "CallbackCreated"
    case updated = "CallbackUpdated"
    case closed = "CallbackClosed"
}
