/// What a tenant's administrator decided; docs/calls.md has the table.
public struct Settings: Sendable, Hashable {
    /// Version of `hub.setting` they were read at; 0 = nothing was ever changed.
    public var version: Int32 = 0

    // Phone Call Sync Settings
    public var callDurationLimit = 5
    public var callStartMargin = 60
    /// Text as given: an Enreach user id or the id of a Dynamics user. Empty: none.
    public var defaultCrmAssignee = ""
    public var syncMissedCalls = false
    public var syncUnansweredCalls = false
    public var syncInternalCalls = false
    public var blockedNumbers: Set<String> = []
    public var withdrawRule = WithdrawRule.delete

    // Phone Call Record
    public var subjectTemplate = TextTemplate.defaultSubject
    public var descriptionTemplate = TextTemplate.defaultDescription
    public var completeCalls = true
    public var regardingLookup = true
    public var contactNumberColumns = ["telephone1", "mobilephone"]
    public var accountNumberColumns = ["telephone1"]
    public var recordingAddress = "{api}/calls/recordings/{recording}"
    public var columns = Columns()

    // Reading from Enreach
    public var pollInterval = 10
    public var pollOverlap = 60
    public var initialLookBack = 24
    public var pollSlice = 60
    public var peopleInterval = 300
    public var backfillSlice = 60
    public var backfillReadAhead = 5000

    // Housekeeping
    public var callRetention = 25
    public var timelineRetention = 13

    public init() {}

    public enum WithdrawRule: String, Sendable, CaseIterable {
        /// Delete what no human touched, mark the rest.
        case delete
        /// Mark always, delete never.
        case mark
    }

    /// Columns the hub adds to `phonecall`; an empty name means that the environment has none and nothing is written to it.
    public struct Columns: Sendable, Hashable {
        public var callID = "enr_callid"
        public var userID = "enr_userid"
        public var queueName = "enr_queuename"
        public var durationSeconds = "enr_durationseconds"
        public var recordingURL = "enr_recordingurl"
        public var transcriptID = "enr_transcriptid"
        public var withdrawn = "enr_withdrawn"
        /// On `systemuser`.
        public var personEnreachID = "enr_userid"

        public init() {}
    }
}

extension Settings {
    /// The defaults with the stored values over them. What is stored under an unknown name or can't be read is left at its default and
    /// named in the second part, because a setting of a newer version must not stop an older program.
    public static func reading(_ stored: [(name: String, value: String)], version: Int32) -> (
        settings: Settings, refused: [SettingError]
    ) {
        var settings = Settings()
        var refused: [SettingError] = []
        settings.version = version
        for (name, value) in stored {
            do {
                let definition = try Self.definition(named: name)
                definition.apply(try definition.parse(value), &settings)
            } catch let error as SettingError {
                refused.append(error)
            } catch {}
        }
        return (settings, refused)
    }

    /// The setting of a name, without regard to case. Throws ``SettingError`` for a name there is none of.
    public static func definition(named name: String) throws -> SettingDefinition {
        guard let found = definitions.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw SettingError(
                name: name, remedy: "there is no such setting; the names are \(definitions.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}
