extension Settings {
    /// Every setting, in the order in which they are shown.
    public static let definitions: [SettingDefinition] =
        phoneCallSync + callbackSync + record + columnNames + directory + reading + housekeeping + solutionNames

    private static let phoneCallSync: [SettingDefinition] = [
        int(
            "CallDurationLimit", .phoneCallSync, 0...86_400, \.callDurationLimit,
            "Shortest talk in seconds; answered calls shorter than this are not synced.", guides: true),
        int(
            "CallStartMargin", .phoneCallSync, 0...3600, \.callStartMargin,
            "Seconds before and after a call's start in which a phone call made by the agent's own client is looked for.",
            guides: true),
        text(
            "DefaultCrmAssignee", .phoneCallSync, \.defaultCrmAssignee,
            "Owner of calls whose Enreach user has no Dynamics user: an Enreach user id, else the id of a Dynamics user.",
            guides: true),
        bool("SyncMissedCalls", .phoneCallSync, \.syncMissedCalls, "Whether inbound calls nobody answered are synced."),
        bool("SyncUnansweredCalls", .phoneCallSync, \.syncUnansweredCalls, "Whether outbound calls nobody answered are synced."),
        bool(
            "SyncInternalCalls", .phoneCallSync, \.syncInternalCalls,
            "Whether calls between two numbers of the organisation are synced."),
        SettingDefinition(
            name: "BlockedNumbers", group: .phoneCallSync, kind: .list, defaultValue: "",
            meaning: "Numbers in E.164 whose calls are never synced.", isGuides: false
        ) { value, settings in
            if case .list(let numbers) = value { settings.blockedNumbers = Set(numbers.map { PhoneNumber($0).e164 ?? $0 }) }
        },
        SettingDefinition(
            name: "WithdrawRule", group: .phoneCallSync, kind: .choice(WithdrawRule.allCases.map(\.rawValue)),
            defaultValue: "delete",
            meaning:
                "What becomes of a written call that is no longer classed as work: delete (if no human touched it, else mark) or mark.",
            isGuides: false
        ) { value, settings in
            if case .text(let rule) = value { settings.withdrawRule = WithdrawRule(rawValue: rule) ?? .delete }
        },
        SettingDefinition(
            name: "EraseRule", group: .phoneCallSync, kind: .choice(EraseRule.allCases.map(\.rawValue)), defaultValue: "delete",
            meaning:
                "What becomes of the phone calls of a number that is erased: delete (if no human touched them, else only the number is masked), mask (all), delete-all.",
            isGuides: false
        ) { value, settings in
            if case .text(let rule) = value { settings.eraseRule = EraseRule(rawValue: rule) ?? .delete }
        },
    ]

    private static let record: [SettingDefinition] = [
        template(
            "SubjectTemplate", \.subjectTemplate,
            "Subject of the phone call, cut at 200 characters. Placeholders: \(TextTemplate.placeholderList)."),
        template(
            "DescriptionTemplate", \.descriptionTemplate, "Description of the phone call. Placeholders as in SubjectTemplate."),
        bool("CompleteCalls", .record, \.completeCalls, "Whether phone calls are completed at once; otherwise they stay open."),
        bool("RegardingLookup", .record, \.regardingLookup, "Whether the other party is looked up among contacts and accounts."),
        list("ContactNumberColumns", .record, \.contactNumberColumns, "Columns of contact that are compared with the number."),
        list("AccountNumberColumns", .record, \.accountNumberColumns, "Columns of account that are compared with the number."),
        text(
            "RecordingAddress", .record, \.recordingAddress,
            "Address written for a recording; {api} is the Enreach API's address, {recording} the recording's id."),
    ]

    private static let columnNames: [SettingDefinition] = [
        text("CallIdColumn", .record, \.columns.callID, "Column of phonecall for Enreach's call id; empty: none."),
        text("UserIdColumn", .record, \.columns.userID, "Column of phonecall for the Enreach user id; empty: none."),
        text("QueueNameColumn", .record, \.columns.queueName, "Column of phonecall for the queue's name; empty: none."),
        text("DurationColumn", .record, \.columns.durationSeconds, "Column of phonecall for the talk in seconds; empty: none."),
        text(
            "RecordingUrlColumn", .record, \.columns.recordingURL, "Column of phonecall for the recording's address; empty: none."
        ),
        text("TranscriptIdColumn", .record, \.columns.transcriptID, "Column of phonecall for the transcript's id; empty: none."),
        text(
            "WithdrawnColumn", .record, \.columns.withdrawn,
            "Yes/no column of phonecall that marks a withdrawn call; empty: none."),
        text("PersonIdColumn", .record, \.columns.personEnreachID, "Column of systemuser that holds the Enreach user id."),
    ]

    private static let directory: [SettingDefinition] = [
        list(
            "DirectoryTables", .directory, \.directoryTables,
            "Tables of Dynamics whose numbers are kept in the hub: contact, account, lead."),
        list("LeadNumberColumns", .directory, \.leadNumberColumns, "Columns of lead that hold numbers."),
        int(
            "DirectoryInterval", .directory, 5...86_400, \.directoryInterval,
            "Seconds from one reading of what changed in Dynamics to the next."),
        list(
            "DirectorySegmentColumn", .directory, \.directorySegmentColumns,
            "Column whose value routing rules see as the segment, as table.column; several for several tables."),
        list(
            "DirectoryLanguageColumn", .directory, \.directoryLanguageColumns,
            "Column whose value routing rules see as the language, as table.column; several for several tables."),
        list(
            "MatchRules", .directory, \.matchRules,
            "Rules by which one of several that carry a number is chosen, in their order; a rule that is left out is not used."),
        int(
            "MatchSuffixDigits", .directory, 0...15, \.matchSuffixDigits,
            "Digits that a number stored or received without its country must have to be compared; 0: such numbers match nobody."),
        int(
            "MatchWindow", .directory, 0...366, \.matchWindow,
            "Days back in which earlier calls are linked when their number appears in Dynamics; 0: none."),
    ]

    private static let reading: [SettingDefinition] = [
        int("PollInterval", .reading, 1...3600, \.pollInterval, "Seconds from one poll to the next."),
        int(
            "PollOverlap", .reading, 0...3600, \.pollOverlap,
            "Seconds that poll windows overlap, because the API shows changes late."),
        int("PollSlice", .reading, 1...44_640, \.pollSlice, "Minutes that are read at once while catching up."),
        int("InitialLookBack", .reading, 0...8760, \.initialLookBack, "Hours the first poll of a tenant looks back."),
        int("SweepInterval", .reading, 10...86_400, \.sweepInterval, "Seconds from one sweep to the next."),
        int(
            "SweepLookBack", .reading, 0...168, \.sweepLookBack,
            "Hours of changes that a sweep reads once more, for calls that Enreach showed later than PollOverlap; 0: none."),
        int(
            "DailySweepLookBack", .reading, 0...744, \.dailySweepLookBack,
            "Hours of changes that are read once more at midnight UTC; 0: none."),
        int(
            "PeopleInterval", .reading, 10...86_400, \.peopleInterval, "Seconds from one reading of users and queues to the next."
        ),
        int(
            "SettingInterval", .reading, 1...3600, \.settingInterval,
            "Seconds from one reading of the settings and callback profiles in Dynamics to the next."),
        int("BackfillSlice", .reading, 1...44_640, \.backfillSlice, "Minutes of calls a backfill reads at once."),
        int(
            "BackfillReadAhead", .reading, 100...1_000_000, \.backfillReadAhead,
            "A backfill reads on only while fewer of its calls than this wait to be written."),
    ]

    private static let housekeeping: [SettingDefinition] = [
        int("CallRetention", .housekeeping, 1...240, \.callRetention, "Months after which calls are forgotten by the hub."),
        int(
            "TimelineRetention", .housekeeping, 1...240, \.timelineRetention,
            "Months after which the timeline is dropped; the longest of all tenants counts."),
        int(
            "JobRetention", .housekeeping, 1...3650, \.jobRetention,
            "Days for which finished jobs are kept; the longest of all tenants counts."),
        int(
            "DeadJobRetention", .housekeeping, 0...3650, \.deadJobRetention,
            "Days after which jobs that were given up go to history; 0: never, they wait for an operator."),
        int("WebhookRetention", .housekeeping, 1...400, \.webhookRetention, "Days for which events of webhooks are kept."),
        int(
            "ActionRetention", .housekeeping, 1...240, \.actionRetention,
            "Months for which it is kept what people did; of what concerned the whole hub the longest of all tenants counts."),
        int(
            "AmbiguityRetention", .housekeeping, 1...3650, \.ambiguityRetention,
            "Days after its last call when a number that several carry leaves the list of ambiguous numbers."),
        int(
            "DirectoryChangeRetention", .housekeeping, 1...60, \.directoryChangeRetention,
            "Days for which it is kept what changed in the directory; copies that are older are read anew."),
        int(
            "InstanceRetention", .housekeeping, 31...3650, \.instanceRetention,
            "Days for which runs of programs that have ended are kept; the longest of all tenants counts."),
    ]
}

extension Settings {
    // Where a definition's default comes from: the value of a fresh `Settings`.

    typealias Path<Value> = any WritableKeyPath<Settings, Value> & Sendable

    static func bool(
        _ name: String, _ group: SettingDefinition.Group, _ path: Path<Bool>, _ meaning: String
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: group, kind: .bool, defaultValue: String(Settings()[keyPath: path]), meaning: meaning,
            isGuides: false
        ) { value, settings in
            if case .bool(let flag) = value { settings[keyPath: path] = flag }
        }
    }

    static func int(
        _ name: String, _ group: SettingDefinition.Group, _ range: ClosedRange<Int>, _ path: Path<Int>, _ meaning: String,
        guides: Bool = false
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: group, kind: .int(range), defaultValue: String(Settings()[keyPath: path]), meaning: meaning,
            isGuides: guides
        ) { value, settings in
            if case .int(let number) = value { settings[keyPath: path] = number }
        }
    }

    static func text(
        _ name: String, _ group: SettingDefinition.Group, _ path: Path<String>, _ meaning: String, guides: Bool = false
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: group, kind: .text, defaultValue: Settings()[keyPath: path], meaning: meaning, isGuides: guides
        ) { value, settings in
            if case .text(let text) = value { settings[keyPath: path] = text }
        }
    }

    static func list(
        _ name: String, _ group: SettingDefinition.Group, _ path: Path<[String]>, _ meaning: String
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: group, kind: .list, defaultValue: Settings()[keyPath: path].joined(separator: ","),
            meaning: meaning,
            isGuides: false
        ) { value, settings in
            if case .list(let values) = value { settings[keyPath: path] = values }
        }
    }

    private static func template(_ name: String, _ path: Path<TextTemplate>, _ meaning: String) -> SettingDefinition {
        template(name, .record, path, meaning)
    }

    static func template(
        _ name: String, _ group: SettingDefinition.Group, _ path: Path<TextTemplate>, _ meaning: String
    ) -> SettingDefinition {
        SettingDefinition(
            name: name, group: group, kind: .template, defaultValue: Settings()[keyPath: path].source, meaning: meaning,
            isGuides: false
        ) { value, settings in
            if case .template(let template) = value { settings[keyPath: path] = template }
        }
    }
}
