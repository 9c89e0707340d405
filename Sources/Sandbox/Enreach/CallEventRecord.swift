public import Foundation

/// One event of a call that belongs to a user, as Enreach Cloud keeps it. One call has several when it had several legs.
public struct CallEventRecord: Sendable, Equatable, Codable {
    /// nil happens in bad data.
    public var callID: UUID?
    public var aNumber: String?
    public var bNumber: String?
    /// When it began to ring. nil happens in bad data.
    public var start: Date?
    public var inbound: Bool
    public var answered: Bool
    /// Seconds of talk; 0 when nobody answered, negative in bad data.
    public var duration: Int
    /// Seconds it rang before that.
    public var ringing: Int
    public var callType: String
    public var userID: UUID?
    public var userName: String?
    public var recordingIDs: [UUID]
    public var transcriptIDs: [UUID]
    public var answerQueueID: UUID?
    /// `Work`, `Private` or `Undefined`.
    public var privacy: String
    public var modified: Date

    public init(
        callID: UUID?, aNumber: String?, bNumber: String?, start: Date?, inbound: Bool, answered: Bool = true,
        duration: Int, ringing: Int = 5, callType: String = "DirectCall", userID: UUID?, userName: String?,
        recordingIDs: [UUID] = [], transcriptIDs: [UUID] = [], answerQueueID: UUID? = nil, privacy: String = "Work",
        modified: Date
    ) {
        self.callID = callID
        self.aNumber = aNumber
        self.bNumber = bNumber
        self.start = start
        self.inbound = inbound
        self.answered = answered
        self.duration = duration
        self.ringing = ringing
        self.callType = callType
        self.userID = userID
        self.userName = userName
        self.recordingIDs = recordingIDs
        self.transcriptIDs = transcriptIDs
        self.answerQueueID = answerQueueID
        self.privacy = privacy
        self.modified = modified
    }
}

/// A call that came through a queue.
public struct ServiceCallRecord: Sendable, Equatable, Codable {
    public var serviceCallID: UUID
    public var callID: UUID?
    /// nil when the call came through a user's own work-number queue.
    public var queueName: String?
    public var queueID: UUID?
    public var queueNumber: String?
    public var aNumber: String?
    public var bNumber: String?
    public var start: Date
    public var duration: Int
    public var userID: UUID?
    public var userName: String?
    public var modified: Date

    public init(
        serviceCallID: UUID, callID: UUID?, queueName: String?, queueID: UUID?, queueNumber: String?, aNumber: String?,
        bNumber: String?, start: Date, duration: Int, userID: UUID?, userName: String?, modified: Date
    ) {
        self.serviceCallID = serviceCallID
        self.callID = callID
        self.queueName = queueName
        self.queueID = queueID
        self.queueNumber = queueNumber
        self.aNumber = aNumber
        self.bNumber = bNumber
        self.start = start
        self.duration = duration
        self.userID = userID
        self.userName = userName
        self.modified = modified
    }
}
