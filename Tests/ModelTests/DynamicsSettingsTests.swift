import Testing

@testable import Model

@Suite struct DynamicsSettingsTests {
    private func row(_ name: String, _ value: String) -> DynamicsSettings.Row {
        .init(name: name, value: value, changedBy: "Ann")
    }

    @Test func `a value in Dynamics goes over the hub's own`() {
        let settings = DynamicsSettings([row("calldurationlimit", "20")], before: [], stored: ["CallDurationLimit": "10"])
        #expect(settings.kept == [.init(row: row("CallDurationLimit", "20"), replaced: "10", problem: nil)])
        #expect(
            settings.changes == [
                .init(name: "CallDurationLimit", value: "20", changedBy: "Ann", note: "as it stands in Dynamics")
            ])
    }

    @Test func `what was read before changes nothing`() {
        let first = DynamicsSettings([row("CallDurationLimit", "20")], before: [], stored: [:])
        let again = DynamicsSettings([row("CallDurationLimit", "20")], before: first.kept, stored: ["CallDurationLimit": "20"])
        #expect(again.changes.isEmpty)
        #expect(again.kept == first.kept)
    }

    @Test func `a row that was emptied gives the hub's own value back`() {
        let first = DynamicsSettings([row("CallDurationLimit", "20")], before: [], stored: ["CallDurationLimit": "10"])
        let again = DynamicsSettings(
            [row("CallDurationLimit", " ")], before: first.kept, stored: ["CallDurationLimit": "20"])
        #expect(again.kept.isEmpty)
        #expect(again.changes.map(\.value) == ["10"])
        let toDefault = DynamicsSettings(
            [], before: [.init(row: row("CallDurationLimit", "20"), replaced: nil, problem: nil)],
            stored: ["CallDurationLimit": "20"])
        #expect(toDefault.changes.map(\.value) == [nil])
    }

    @Test(arguments: [("CallDurationLimit", "soon"), ("NoSuchThing", "1"), ("ProfileTable", "enr_x"), ("CallIdColumn", "x_y")])
    func `what can't be taken leaves the hub's value in force`(name: String, value: String) {
        let settings = DynamicsSettings([row(name, value)], before: [], stored: [:])
        #expect(settings.changes.isEmpty)
        #expect(settings.kept.allSatisfy { $0.problem != nil } && settings.kept.count == 1)
    }

    @Test func `a value that turned bad gives the hub's own back`() {
        let first = DynamicsSettings([row("CallDurationLimit", "20")], before: [], stored: ["CallDurationLimit": "10"])
        let bad = DynamicsSettings([row("CallDurationLimit", "x")], before: first.kept, stored: ["CallDurationLimit": "20"])
        #expect(bad.changes.map(\.value) == ["10"])
        #expect(bad.kept.map(\.problem) == ["setting CallDurationLimit: say a whole number from 0 to 86400"])
    }

    @Test func `a change by hand under a value of Dynamics is taken back`() {
        let first = DynamicsSettings([row("CallDurationLimit", "20")], before: [], stored: [:])
        let again = DynamicsSettings([row("CallDurationLimit", "20")], before: first.kept, stored: ["CallDurationLimit": "5"])
        #expect(again.changes.map(\.value) == ["20"])
    }
}
