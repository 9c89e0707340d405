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
    public var eraseRule = EraseRule.delete

    // Callback Sync Settings
    public var callbackSubject = TextTemplate.defaultSubject
    public var callbackDescription = TextTemplate.defaultCallbackDescription
    package var callbackModel = CallbackModel.simple
    public var callbackPollInterval = 60
    public var callbackRetention = 13

    // Phone Call Record
    public var subjectTemplate = TextTemplate.defaultSubject
    public var descriptionTemplate = TextTemplate.defaultDescription
    public var completeCalls = true
    public var regardingLookup = true
    public var contactNumberColumns = ["telephone1", "mobilephone"]
    public var accountNumberColumns = ["telephone1"]
    public var recordingAddress = "{api}/calls/recordings/{recording}"
    public var columns = Columns()

    // Directory
    public var directoryTables = ["contact", "account", "lead"]
    public var leadNumberColumns = ["telephone1", "mobilephone"]
    public var directoryInterval = 30
    /// `table.column`, or a column that each of the tables has.
    public var directorySegmentColumns: [String] = []
    public var directoryLanguageColumns: [String] = []
    /// Names of the rules by which one of several is chosen, in their order.
    public var matchRules = [
        "own_field", "owner_is_agent", "open_activity", "switchboard", "last_interaction", "contact_before_account",
        "customer_before_lead",
    ]
    /// Shortest local form that is compared; 0: none is.
    public var matchSuffixDigits = 7
    /// Days back in which calls are still linked when their number appears; 0: none are.
    public var matchWindow = 14

    // Reading from Enreach
    public var pollInterval = 10
    public var pollOverlap = 60
    public var initialLookBack = 24
    public var sweepInterval = 900
    /// Hours; 0: none are swept.
    public var sweepLookBack = 6
    public var dailySweepLookBack = 72
    public var pollSlice = 60
    public var peopleInterval = 300
    /// Seconds from one reading of Dynamics' settings and callback profiles to the next.
    public var settingInterval = 3
    public var backfillSlice = 60
    public var backfillReadAhead = 5000

    // Housekeeping
    public var callRetention = 25
    public var timelineRetention = 13
    public var jobRetention = 30
    /// Days; 0: until an operator acts.
    public var deadJobRetention = 0
    public var webhookRetention = 7
    public var actionRetention = 36
    public var ambiguityRetention = 180
    public var directoryChangeRetention = 3
    public var instanceRetention = 400

    // Dynamics Solution
    public var solution = Solution()

    public init() {}

    public enum WithdrawRule: String, Sendable, CaseIterable {
        /// Delete what no human touched, mark the rest.
        case delete
        /// Mark always, delete never.
        case mark
    }

    /// What becomes of the phone calls of a number that is erased.
    public enum EraseRule: String, Sendable, CaseIterable {
        /// Delete what no human touched, mask the number in the rest.
        case delete
        /// Mask the number in all, delete none.
        case mask
        /// Delete all, those that humans changed or made as well.
        case deleteAll = "delete-all"
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
        /// Enreach's callback request id.
        public var callbackID = "enr_callbackid"
        /// Lookup to the phone call that a callback is bundled with.
        public var bundle = "enr_bundleid"
        /// On `systemuser`.
        public var personEnreachID = "enr_userid"
        /// On `systemuser`: filled where the e-mail in Enreach differs from the one in Dynamics.
        public var personEnreachEmail = "enr_useremail"

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
        var byHand: Set<String> = []
        for (name, value) in stored {
            do {
                let definition = try Self.definition(named: name)
                definition.apply(try definition.parse(value), &settings)
                byHand.insert(definition.name)
            } catch let error as SettingError {
                refused.append(error)
            } catch {}
        }
        settings.followPrefix(leaving: byHand)
        return (settings, refused)
    }

    /// Gives the names that nobody set the publisher's prefix.
    private mutating func followPrefix(leaving byHand: Set<String>) {
        guard solution.prefix != Solution.standardPrefix else { return }
        for definition in Self.definitions where definition.followsPrefix && !byHand.contains(definition.name) {
            let name = definition.defaultValue(prefix: solution.prefix)
            guard name != definition.defaultValue, let value = try? definition.parse(name) else { continue }
            definition.apply(value, &self)
        }
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
