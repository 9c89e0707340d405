/// The paths and parameter names the hub uses towards Enreach.
///
/// Each can be changed by configuration, by the raw value of ``RequestName``, for example `path.service_calls: servicecalls`.
public struct RequestMap: Sendable, Equatable {
    private var names: [RequestName: String]

    public static let standard = RequestMap()

    private init() {
        names = Dictionary(uniqueKeysWithValues: RequestName.allCases.map { ($0, $0.standardName) })
    }

    /// The standard names with some replaced. Throws ``UnknownName`` for a key that is no ``RequestName``.
    public init(overrides: [String: String]) throws(UnknownName) {
        self.init()
        for (key, replacement) in overrides {
            guard let name = RequestName(rawValue: key), !replacement.isEmpty else {
                throw UnknownName(name: key, known: RequestName.allCases.map(\.rawValue))
            }
            names[name] = replacement
        }
    }

    public subscript(name: RequestName) -> String { names[name] ?? name.standardName }
}

/// Each path and parameter the hub sends. The raw value is its name in the configuration.
public enum RequestName: String, Sendable, Hashable, CaseIterable {
    case discoveryPath = "path.discovery"
    case authenticationPath = "path.authentication"
    case usersPath = "path.users"
    case callsPath = "path.calls"
    case serviceCallsPath = "path.service_calls"
    case queuesPath = "path.queues"
    case recordingPath = "path.recording"
    case transcriptPath = "path.transcript"
    case callbackListsPath = "path.callback_lists"
    case callbacksPath = "path.callbacks"
    case callbackPath = "path.callback"
    case callbackClosePath = "path.callback_close"

    case user = "parameter.user"
    case startTime = "parameter.start_time"
    case endTime = "parameter.end_time"
    case modifiedAfter = "parameter.modified_after"
    case modifiedBefore = "parameter.modified_before"
    case callID = "parameter.call_id"
    case callbackList = "parameter.callback_list"
    case createdAfter = "parameter.created_after"
    case callbackModifiedAfter = "parameter.callback_modified_after"
    case callbackState = "parameter.callback_state"

    case bodyUserName = "body.user_name"
    case bodyPassword = "body.password"
    case bodyCallbackState = "body.callback_state"
    case bodyCallbackResult = "body.callback_result"
    case bodyCallbackNote = "body.callback_note"

    // What is sent, rather than under which name.
    case closeMethod = "value.close_method"
    case openState = "value.open_state"
    case allocatedState = "value.allocated_state"
    case closedState = "value.closed_state"
    case closedByIntegration = "value.result_integration"
    case closedSuccessfully = "value.result_success"
    // Never sent, only read.
    case expired = "value.result_expired"

    /// `{…}` is replaced by the id or user name.
    var standardName: String {
        switch self {
        case .discoveryPath: "api/user"
        case .authenticationPath: "authuser/{username}"
        case .usersPath: "users"
        case .callsPath: "calls"
        case .serviceCallsPath: "servicecall"
        case .queuesPath: "queues"
        case .recordingPath: "calls/recordings/{id}"
        case .transcriptPath: "calls/transcripts/{id}"
        // Everything of callbacks is a guess.
        case .callbackListsPath: "callbacks/lists"
        case .callbacksPath: "callbacks"
        case .callbackPath: "callbacks/{id}"
        case .callbackClosePath: "callbacks/{id}"
        case .callbackList: "CallbackListId"
        case .createdAfter: "CreatedAfter"
        case .callbackModifiedAfter: "ModifiedAfter"
        case .callbackState: "State"
        case .bodyCallbackState: "State"
        case .bodyCallbackResult: "Result"
        case .bodyCallbackNote: "Note"
        case .closeMethod: "PUT"
        case .openState: "Open"
        case .allocatedState: "Allocated"
        case .closedState: "Closed"
        case .closedByIntegration: "ClosedByIntegration"
        case .closedSuccessfully: "ClosedSuccessfully"
        case .expired: "Expired"
        case .user: "user"
        case .startTime: "StartTime"
        case .endTime: "EndTime"
        case .modifiedAfter: "ModifiedAfter"
        case .modifiedBefore: "ModifiedBefore"
        case .callID: "CallId"
        case .bodyUserName: "UserName"
        case .bodyPassword: "Password"
        }
    }
}
