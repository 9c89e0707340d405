extension Settings {
    /// The names under which the hub's own parts stand in Dynamics; `trunkline dynamics install` makes them.
    public struct Solution: Sendable, Hashable {
        /// Customization prefix of the publisher.
        public var prefix = Self.standardPrefix
        /// Option value prefix of the publisher: values of choices start at this times 10,000.
        public var optionPrefix = 72_700
        /// Unique name of the publisher.
        public var publisher = "trunkline"
        /// Unique name of the solution.
        public var name = "Trunkline"
        /// Where Dynamics reaches the hub, without a slash at the end. Empty: it does not.
        public var hubAddress = ""

        // Table of callback profiles.
        public var profileTable = "enr_callbackprofile"
        public var profileName = "enr_name"
        /// Lookup to the virtual table of callback lists.
        public var profileList = "enr_callbacklist"
        /// The same as text, for environments without the virtual table.
        public var profileListID = "enr_callbacklistid"
        public var profileQueue = "enr_queue"
        public var profileOwnership = "enr_ownershiprule"
        public var profileSubject = "enr_phonecallsubject"
        public var profileDuplicates = "enr_duplicatehandlingrule"
        public var profileMethod = "enr_synchronizationmethod"
        public var profileAgeUnit = "enr_agetimeunit"
        public var profileAge = "enr_callbackage"

        // Table of settings.
        public var settingTable = "enr_trunklinesetting"
        public var settingName = "enr_name"
        public var settingValue = "enr_value"

        // Virtual table of callback lists.
        public var listTable = "enr_callbacklist"
        public var listName = "enr_name"

        /// The prefix that the defaults of all names start with.
        public static let standardPrefix = "enr"
        /// Value of a choice's first option.
        public var optionBase: Int { optionPrefix * 10_000 }

        public init() {}
    }

    static let solutionNames: [SettingDefinition] = [
        pattern(
            "SolutionPrefix", \.solution.prefix, .prefix,
            "Customization prefix of the hub's publisher in Dynamics; names that were not set by hand follow it."),
        int(
            "SolutionOptionPrefix", .solution, 10_000...99_999, \.solution.optionPrefix,
            "Option value prefix of the publisher: values of choices start at this times 10,000."),
        text("SolutionPublisher", .solution, \.solution.publisher, "Unique name of the hub's publisher."),
        text("SolutionName", .solution, \.solution.name, "Unique name of the hub's solution."),
        pattern(
            "HubAddress", \.solution.hubAddress, .address,
            "Address under which Dynamics reaches user-sync (/webhooks/dynamics/) and callback-sync (/odata/), for its webhooks and the virtual table; empty: it does not."
        ),
        name("ProfileTable", \.solution.profileTable, "Table of callback profiles."),
        name("ProfileNameColumn", \.solution.profileName, "Its primary name."),
        name("ProfileListColumn", \.solution.profileList, "Callback List: its lookup to the virtual table of lists."),
        name("ProfileListIdColumn", \.solution.profileListID, "Callback List as an id, where there is no virtual table."),
        name("ProfileQueueColumn", \.solution.profileQueue, "Queue: its lookup to the queue that gets the callbacks."),
        name("ProfileOwnershipColumn", \.solution.profileOwnership, "Ownership Rule."),
        name("ProfileSubjectColumn", \.solution.profileSubject, "Phone Call Subject."),
        name("ProfileDuplicateColumn", \.solution.profileDuplicates, "Duplicate Handling Rule."),
        name("ProfileMethodColumn", \.solution.profileMethod, "Synchronization method."),
        name("ProfileAgeUnitColumn", \.solution.profileAgeUnit, "Age Time Unit."),
        name("ProfileAgeColumn", \.solution.profileAge, "Callback Age."),
        name("SettingTable", \.solution.settingTable, "Table of the settings that are kept in Dynamics."),
        name("SettingNameColumn", \.solution.settingName, "Its primary name: the setting's name."),
        name("SettingValueColumn", \.solution.settingValue, "The setting's value; empty: as the hub has it."),
        name("CallbackListTable", \.solution.listTable, "Virtual table of Enreach's callback lists, served by callback-sync."),
        name("CallbackListNameColumn", \.solution.listName, "Its primary name."),
        name("PersonEmailColumn", \.columns.personEnreachEmail, "Column of systemuser: Enreach User Email."),
        pattern(
            "CallbackIdColumn", \.columns.callbackID, .optionalName,
            "Column of phonecall for Enreach's callback request id; empty: none."),
        pattern(
            "BundleColumn", \.columns.bundle, .optionalName,
            "Lookup of phonecall to the phone call it is bundled with; empty: none, and only the hub knows bundles."),
    ]

    private typealias NamePath = any WritableKeyPath<Settings, String> & Sendable

    private static func name(_ name: String, _ path: NamePath, _ meaning: String) -> SettingDefinition {
        pattern(name, path, .logicalName, meaning)
    }

    private static func pattern(
        _ name: String, _ path: NamePath, _ pattern: SettingDefinition.Pattern, _ meaning: String
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: .solution, kind: .pattern(pattern), defaultValue: Settings()[keyPath: path], meaning: meaning,
            isGuides: false
        ) { value, settings in
            if case .text(let text) = value { settings[keyPath: path] = text }
        }
    }
}

extension SettingDefinition {
    /// What a text must look like.
    public enum Pattern: Sendable, Hashable {
        /// `enr_callid`: a name in Dynamics with its prefix.
        case logicalName
        /// The same, or empty: there is no such column.
        case optionalName
        /// `enr`: a publisher's prefix.
        case prefix
        /// `https://hub.example`, or empty. Without TLS only on this machine: keys are sent there.
        case address

        func fits(_ text: String) -> Bool {
            let parts = text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
            switch self {
            case .prefix: return Self.isPrefix(text)
            case .optionalName: return text.isEmpty || Self.logicalName.fits(text)
            case .address:
                let prefixes = ["https://", "http://127.0.0.1", "http://localhost"]
                return text.isEmpty || prefixes.contains(where: text.hasPrefix) && !text.hasSuffix("/")
            case .logicalName:
                return parts.count == 2 && Self.isPrefix(String(parts[0])) && !parts[1].isEmpty
                    && parts[1].allSatisfy { $0 == "_" || Self.isPlain($0) }
            }
        }

        package var remedy: String {
            switch self {
            case .prefix: "say 2 to 8 lower-case letters and digits, the first a letter, and not mscrm"
            case .logicalName: "say a logical name with its prefix, in lower case, for example enr_name"
            case .address: "say an https address without a slash at its end, for example https://hub.example"
            case .optionalName:
                "say a logical name with its prefix, in lower case, for example enr_name, or nothing for no such column"
            }
        }

        private static func isPrefix(_ text: String) -> Bool {
            (2...8).contains(text.count) && text.allSatisfy(isPlain) && text.first?.isLetter == true && text != "mscrm"
        }

        private static func isPlain(_ character: Character) -> Bool {
            character.isASCII && (character.isNumber || character.isLowercase)
        }
    }

    /// The default where the tenant's publisher has another prefix: names follow it.
    public func defaultValue(prefix: String) -> String {
        guard followsPrefix, defaultValue.hasPrefix(Settings.Solution.standardPrefix + "_") else { return defaultValue }
        return prefix + defaultValue.dropFirst(Settings.Solution.standardPrefix.count)
    }

    /// Whether it is a logical name of the hub's own in Dynamics.
    var followsPrefix: Bool { (group == .solution || name.hasSuffix("Column")) && name != "SolutionPrefix" }
}
