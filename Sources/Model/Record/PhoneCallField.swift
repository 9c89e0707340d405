/// The columns of `phonecall` that the hub writes, by what they mean.
public enum PhoneCallField: String, Sendable, Hashable, CaseIterable, Comparable {
    case subject, description
    case phoneNumber = "phonenumber"
    case direction = "directioncode"
    case scheduledStart = "scheduledstart"
    case scheduledEnd = "scheduledend"
    case actualStart = "actualstart"
    case actualEnd = "actualend"
    case actualMinutes = "actualdurationminutes"
    case owner = "ownerid"
    case regarding = "regardingobjectid"
    case callID = "call_id"
    case userID = "user_id"
    case queueName = "queue_name"
    case durationSeconds = "duration_seconds"
    case recordingURL = "recording_url"
    case transcriptID = "transcript_id"

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Logical name of the column in an environment; nil when it has none.
    public func column(_ columns: Settings.Columns) -> String? {
        let name =
            switch self {
            case .callID: columns.callID
            case .userID: columns.userID
            case .queueName: columns.queueName
            case .durationSeconds: columns.durationSeconds
            case .recordingURL: columns.recordingURL
            case .transcriptID: columns.transcriptID
            default: rawValue
            }
        return name.isEmpty ? nil : name
    }

    /// Name under which the column is read: a lookup's value has a property of its own.
    public func readColumn(_ columns: Settings.Columns) -> String? {
        isLookup ? "_\(rawValue)_value" : column(columns)
    }

    public var isLookup: Bool { self == .owner || self == .regarding }
}
