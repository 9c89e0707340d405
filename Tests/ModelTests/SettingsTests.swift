import Testing

@testable import Model

@Suite struct SettingsTests {
    @Test func everyDefaultIsItsOwnValue() throws {
        for definition in Settings.definitions {
            var settings = Settings()
            definition.apply(try definition.parse(definition.defaultValue), &settings)
            #expect(settings == Settings(), "\(definition.name)")
        }
    }

    @Test func namesAreUniqueAndExplained() {
        #expect(Set(Settings.definitions.map { $0.name.lowercased() }).count == Settings.definitions.count)
        for definition in Settings.definitions { #expect(definition.meaning.hasSuffix("."), "\(definition.name)") }
        #expect(
            Settings.definitions.filter(\.isGuides).map(\.name) == ["CallDurationLimit", "CallStartMargin", "DefaultCrmAssignee"])
    }

    @Test func storedValuesGoOverDefaults() {
        let (settings, refused) = Settings.reading(
            [("CallDurationLimit", "20"), ("syncmissedcalls", "yes"), ("BlockedNumbers", "+31 20 5550101, +4612312345")],
            version: 7)
        #expect(refused.isEmpty)
        #expect(settings.version == 7)
        #expect(settings.callDurationLimit == 20)
        #expect(settings.syncMissedCalls)
        #expect(settings.blockedNumbers == ["+31205550101", "+4612312345"])
    }

    @Test func whatCantBeReadStaysAtItsDefault() {
        let (settings, refused) = Settings.reading([("CallDurationLimit", "soon"), ("FromTheFuture", "1")], version: 1)
        #expect(settings.callDurationLimit == Settings().callDurationLimit)
        #expect(refused.map(\.name) == ["CallDurationLimit", "FromTheFuture"])
    }

    @Test(
        "A wrong value is refused with what would be right",
        arguments: [
            ("CallStartMargin", "-1", "setting CallStartMargin: say a whole number from 0 to 3600"),
            ("SyncInternalCalls", "maybe", "setting SyncInternalCalls: say true or false"),
            ("WithdrawRule", "burn", "setting WithdrawRule: say one of delete, mark"),
        ])
    func refused(name: String, value: String, message: String) throws {
        let definition = try Settings.definition(named: name)
        #expect {
            try definition.parse(value)
        } throws: { error in
            "\(error)" == message
        }
    }
}

@Suite struct SolutionNameTests {
    @Test func `names follow the publisher's prefix unless they were set by hand`() {
        let (settings, refused) = Settings.reading(
            [("SolutionPrefix", "acme"), ("CallIdColumn", "old_callid")], version: 1)
        #expect(refused.isEmpty)
        #expect(settings.solution.profileTable == "acme_callbackprofile")
        #expect(settings.columns.personEnreachID == "acme_userid")
        #expect(settings.columns.callID == "old_callid")
        #expect(settings.solution.name == "Trunkline")
        #expect(settings.contactNumberColumns == Settings().contactNumberColumns)
    }

    @Test(arguments: ["Enr_Name", "name", "mscrm_name", "e_name", "enr_", "enr_näme"])
    func `what can't be a logical name is refused`(name: String) throws {
        let definition = try Settings.definition(named: "ProfileTable")
        #expect(throws: SettingError.self) { try definition.parse(name) }
    }

    @Test func `a choice's value tells the choice`() {
        #expect(SynchronizationMethod.webhookWithPolling.optionValue(base: 727_000_000) == 727_000_002)
        #expect(AgeTimeUnit(optionValue: 727_000_001, base: 727_000_000) == .hours)
        #expect(OwnershipRule(optionValue: 1, base: 727_000_000) == nil)
    }
}
