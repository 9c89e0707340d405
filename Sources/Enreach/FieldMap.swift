/// The names under which the hub looks for each thing in Enreach's answers.
///
/// Names are compared without regard to case. The vendor's public text covers only part of them: names that come from
/// working third-party clients are sure; those marked "guess" are assumptions and may differ from the real service. Each can be changed by
/// configuration, by the raw value of ``AnswerField``, for example `call.privacy: [PrivacyClass, Privacy]`.
public struct FieldMap: Sendable, Equatable {
    private var names: [AnswerField: [String]]

    public static let standard = FieldMap()

    private init() {
        names = Dictionary(uniqueKeysWithValues: AnswerField.allCases.map { ($0, $0.standardNames) })
    }

    /// The standard names with some replaced.
    ///
    /// Throws ``UnknownName`` for a key that is no ``AnswerField``, an empty list, or one name given to two fields of one answer.
    public init(overrides: [String: [String]]) throws(UnknownName) {
        self.init()
        for (key, replacement) in overrides {
            guard let field = AnswerField(rawValue: key), !replacement.isEmpty else {
                throw UnknownName(name: key, known: AnswerField.allCases.map(\.rawValue))
            }
            names[field] = replacement
        }
    }

    public subscript(field: AnswerField) -> [String] { names[field] ?? field.standardNames }

    func accepts(_ text: String, as field: AnswerField) -> Bool {
        self[field].contains { $0.lowercased() == text.lowercased() }
    }
}

/// A name in the configuration that stands for nothing.
public struct UnknownName: Error, Sendable, CustomStringConvertible {
    public var name: String
    public var known: [String]
    public var description: String {
        "`\(name)` is no name of the Enreach mapping, or has no value; known: \(known.joined(separator: ", "))"
    }
}

/// Each thing the hub reads from an answer. The raw value is its name in the configuration.
public enum AnswerField: String, Sendable, Hashable, CaseIterable {
    case discoveryAPIEndpoint = "discovery.api_endpoint"
    case authSecretKey = "auth.secret_key"
    case authUserID = "auth.user_id"

    case callID = "call.id"
    case callANumber = "call.a_number"
    case callBNumber = "call.b_number"
    case callStart = "call.start"
    case callEnd = "call.end"
    case callDirection = "call.direction"
    case callResult = "call.result"
    case callDuration = "call.duration"
    case callRinging = "call.ringing"
    case callType = "call.type"
    case callUserID = "call.user_id"
    case callUserName = "call.user_name"
    case callRecordingIDs = "call.recording_ids"
    case callTranscriptIDs = "call.transcript_ids"
    case callAnswerQueueID = "call.answer_queue_id"
    case callPrivacy = "call.privacy"
    case callModified = "call.modified"

    case serviceCallID = "service_call.id"
    case serviceCallCallID = "service_call.call_id"
    case serviceCallQueueID = "service_call.queue_id"
    case serviceCallQueueName = "service_call.queue_name"
    case serviceCallQueueNumber = "service_call.queue_number"
    case serviceCallANumber = "service_call.a_number"
    case serviceCallBNumber = "service_call.b_number"
    case serviceCallStart = "service_call.start"
    case serviceCallEnd = "service_call.end"
    case serviceCallResult = "service_call.result"
    case serviceCallDuration = "service_call.duration"
    case serviceCallWaiting = "service_call.waiting"
    case serviceCallUserID = "service_call.user_id"
    case serviceCallUserName = "service_call.user_name"
    case serviceCallRecordingIDs = "service_call.recording_ids"
    case serviceCallTranscriptIDs = "service_call.transcript_ids"
    case serviceCallModified = "service_call.modified"

    case userID = "user.id"
    case userUserName = "user.user_name"
    case userOrganisationID = "user.organisation_id"
    case userEmail = "user.email"
    case userFirstName = "user.first_name"
    case userLastName = "user.last_name"
    case userWorkNumber = "user.work_number"
    case userMobileNumber = "user.mobile_number"

    case queueID = "queue.id"
    case queueName = "queue.name"
    case queueTypeID = "queue.type_id"
    case queueNumbers = "queue.numbers"

    case listID = "callback_list.id"
    case listName = "callback_list.name"
    case listDeleted = "callback_list.deleted"

    case callbackID = "callback.id"
    case callbackListID = "callback.list_id"
    case callbackListName = "callback.list_name"
    case callbackCallID = "callback.call_id"
    case callbackNumber = "callback.number"
    case callbackCalledNumber = "callback.called_number"
    case callbackQueueID = "callback.queue_id"
    case callbackQueueName = "callback.queue_name"
    case callbackCreated = "callback.created"
    case callbackModified = "callback.modified"
    case callbackDue = "callback.due"
    case callbackExpires = "callback.expires"
    case callbackClosed = "callback.closed"
    case callbackState = "callback.state"
    case callbackResult = "callback.result"
    case callbackAssignee = "callback.assigned_user_id"
    case callbackRecordingIDs = "callback.recording_ids"
    case callbackNote = "callback.note"

    case recordingURL = "recording.url"
    case transcriptStatus = "transcript.status"
    case transcriptText = "transcript.text"

    // Values rather than names: what counts as inbound, answered, and each privacy class.
    case valueInbound = "value.inbound"
    case valueAnswered = "value.answered"
    case valueWork = "value.work"
    case valuePrivate = "value.private"
    case valueUndefined = "value.undefined"
    case valueTrue = "value.true"
    case valueOpen = "value.callback_open"
    case valueAllocated = "value.callback_allocated"
    case valueClosed = "value.callback_closed"

    /// Where several are given, any of them is taken; the last one in the answer that has a value wins.
    var standardNames: [String] {
        switch self {
        case .discoveryAPIEndpoint: ["apiEndpoint"]
        case .authSecretKey: ["SecretKey"]
        case .authUserID: ["UserID"]

        case .callID: ["CallId"]
        case .callANumber: ["ANum"]
        case .callBNumber: ["BNum"]
        case .callStart: ["TimeStamp", "StartTime"]  // StartTime: only in a newer client's readme
        case .callEnd: ["EndTime"]  // guess
        case .callDirection: ["Direction"]
        case .callResult: ["EndResult"]
        case .callDuration: ["Duration"]  // the unit, seconds, is a guess
        case .callRinging: ["RingingDuration", "RingingTime"]  // guess
        case .callType: ["CallTypeString"]
        case .callUserID: ["UserId"]  // guess; a filter of this name exists
        case .callUserName: ["UserName"]
        case .callRecordingIDs: ["RecordingIds"]
        case .callTranscriptIDs: ["TranscriptIds"]  // guess
        case .callAnswerQueueID: ["AnswerQueueId"]  // weak
        case .callPrivacy: ["PrivacyClass"]  // guess
        case .callModified: ["Modified"]  // guess; a filter of this name exists

        case .serviceCallID: ["ServiceCallId"]  // weak
        case .serviceCallCallID: ["CallId"]  // guess
        case .serviceCallQueueID: ["QueueId"]  // guess
        case .serviceCallQueueName: ["QueueName"]  // weak
        case .serviceCallQueueNumber: ["QueueNumber"]  // guess
        case .serviceCallANumber: ["ANum"]  // guess
        case .serviceCallBNumber: ["BNum"]  // guess
        case .serviceCallStart: ["StartTime", "TimeStamp"]  // guess
        case .serviceCallEnd: ["EndTime"]  // guess
        case .serviceCallResult: ["EndResult"]  // guess
        case .serviceCallDuration: ["Duration"]  // guess
        case .serviceCallWaiting: ["WaitTime", "QueueTime"]  // guess
        case .serviceCallUserID: ["AnswerUserId", "UserId"]  // guess
        case .serviceCallUserName: ["AnswerUserName", "UserName"]  // guess
        case .serviceCallRecordingIDs: ["RecordingIds"]  // guess
        case .serviceCallTranscriptIDs: ["TranscriptIds"]  // guess
        case .serviceCallModified: ["Modified"]  // guess

        case .userID: ["Id"]
        case .userUserName: ["UserName"]
        case .userOrganisationID: ["OrganizationID"]
        case .userEmail: ["Email"]  // guess, as in directory entries
        case .userFirstName: ["FirstName"]  // guess
        case .userLastName: ["LastName"]  // guess
        case .userWorkNumber: ["WorkNumber"]  // guess
        case .userMobileNumber: ["MobileNumber"]  // guess

        case .queueID: ["Id"]
        case .queueName: ["Name"]
        case .queueTypeID: ["TypeId"]
        case .queueNumbers: ["Numbers"]

        case .listID: ["Id", "ListId"]  // guess, as all of callbacks
        case .listName: ["Name", "ListName"]
        case .listDeleted: ["Deleted"]

        case .callbackID: ["Id", "CallbackListItemId", "CallListItemId"]
        case .callbackListID: ["CallbackListId", "ListId"]
        case .callbackListName: ["CallbackListName", "ListName"]
        case .callbackCallID: ["CallId"]
        case .callbackNumber: ["ANum", "PhoneNumber"]
        case .callbackCalledNumber: ["BNum"]
        case .callbackQueueID: ["QueueId"]
        case .callbackQueueName: ["QueueName"]
        case .callbackCreated: ["Created"]
        case .callbackModified: ["Modified"]
        case .callbackDue: ["DueTime"]
        case .callbackExpires: ["ExpirationTime"]
        case .callbackClosed: ["ClosedTime"]
        case .callbackState: ["State"]
        case .callbackResult: ["Result", "Handling"]
        case .callbackAssignee: ["AssignedUserId"]
        case .callbackRecordingIDs: ["RecordingIds"]
        case .callbackNote: ["Note"]

        case .recordingURL: ["URL"]
        case .transcriptStatus: ["TranscriptStatus"]
        case .transcriptText: ["Text"]  // weak

        case .valueInbound: ["0", "In", "Inbound", "Incoming"]  // numbers sure, words a guess
        case .valueAnswered: ["0", "Answered"]  // number sure, word a guess
        case .valueWork: ["Work"]  // guess; a number can be added by configuration
        case .valuePrivate: ["Private"]  // guess
        case .valueUndefined: ["Undefined", "Unclassified", ""]  // guess
        case .valueTrue: ["true", "1", "yes"]
        case .valueOpen: ["Open", "0"]  // guess
        case .valueAllocated: ["Allocated", "1"]  // guess
        case .valueClosed: ["Closed", "2"]  // guess
        }
    }
}
