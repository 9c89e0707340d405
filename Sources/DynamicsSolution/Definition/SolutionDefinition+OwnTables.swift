import Model

extension SolutionDefinition {
    static func profileTable(_ names: Settings.Solution, hasList: Bool) -> [SolutionPart] {
        let table = names.profileTable
        let base = names.optionBase
        var parts: [SolutionPart?] = [
            .table(
                .init(
                    name: table, primaryName: names.profileName, label: "Callback Profile", pluralLabel: "Callback Profiles",
                    description: "What Trunkline does with the requests of an Enreach callback list."))
        ]
        if hasList {
            parts.append(
                .lookup(
                    .init(
                        table: table, name: names.profileList, label: "Callback List", target: names.listTable,
                        description: "Callback list in Enreach.")))
        }
        parts += [
            .column(
                table, names.profileListID, "Callback List Id", .text(length: 100),
                "Id of the callback list in Enreach, where Callback List can't be chosen."),
            .lookup(
                .init(
                    table: table, name: names.profileQueue, label: "Queue", target: "queue",
                    description: "Queue that gets the callbacks.")),
            .column(table, names.profileOwnership, "Ownership Rule", .of(OwnershipRule.self, base), "Who owns the phone calls."),
            .column(
                table, names.profileSubject, "Phone Call Subject", .text(length: 200),
                "Subject of the phone calls; empty: the global one."),
            .column(
                table, names.profileDuplicates, "Duplicate Handling Rule", .of(DuplicateHandlingRule.self, base),
                "What becomes of further requests of a number while one is open."),
            .column(
                table, names.profileMethod, "Synchronization method", .of(SynchronizationMethod.self, base),
                "How requests reach the hub."),
            .column(
                table, names.profileAgeUnit, "Age Time Unit", .of(AgeTimeUnit.self, base),
                "Unit of Callback Age; only with a polling method."),
            .column(
                table, names.profileAge, "Callback Age", .whole(1...100_000),
                "How far back each poll asks; only with a polling method."),
            .visibility(
                .init(
                    table: table, tableLabel: "Callback Profile", labels: ["Age Time Unit", "Callback Age"],
                    condition: "Synchronization method does not equal Webhook")),
        ]
        return parts.compactMap(\.self)
    }

    static func settingTable(_ names: Settings.Solution) -> [SolutionPart] {
        [
            .table(
                .init(
                    name: names.settingTable, primaryName: names.settingName, label: "Trunkline Setting",
                    pluralLabel: "Trunkline Settings",
                    description: "Settings of the hub that are kept in Dynamics; a row with a value wins over the hub's own.")),
            .column(
                names.settingTable, names.settingValue, "Value", .memo(length: 4000),
                "The setting's value; empty: as the hub has it."
            ),
        ].compactMap(\.self)
    }

    static func listTable(_ names: Settings.Solution, _ source: Source?) -> [SolutionPart] {
        guard let source else { return [] }
        let name = "Trunkline"
        return [
            .dataSource(.init(name: name, address: source.address, header: "X-Api-Key", secret: source.secret)),
            .virtualTable(
                .init(
                    table: .init(
                        name: names.listTable, primaryName: names.listName, label: "Callback List", pluralLabel: "Callback Lists",
                        description: "Callback lists in Enreach, read live through Trunkline."),
                    entitySet: "CallbackLists", keyProperty: "Id", nameProperty: "Name", dataSource: name)),
        ]
    }

    static func keys(_ columns: Settings.Columns, _ names: Settings.Solution) -> [SolutionPart] {
        func key(_ table: String, _ column: String, _ label: String) -> SolutionPart? {
            column.isEmpty ? nil : .key(.init(table: table, name: column + "key", label: label, columns: [column]))
        }
        return [
            key("phonecall", columns.callID, "Enreach Call Id"), key("phonecall", columns.callbackID, "Enreach Callback Id"),
            // The name itself would do, but its column's logical name may be the same on both tables.
            .key(
                .init(
                    table: names.settingTable, name: names.settingTable + "key", label: "Setting", columns: [names.settingName])),
        ].compactMap(\.self)
    }

    /// The guide's settings; further ones may be added by hand under their names.
    static func settingRows(_ names: Settings.Solution) -> [SolutionPart] {
        ["CallDurationLimit", "CallStartMargin", "DefaultCrmAssignee", "CallbackSubject"].map {
            .settingRow(.init(table: names.settingTable, nameColumn: names.settingName, name: $0))
        }
    }
}

extension ColumnType {
    static func of<Choice: GuideChoice>(_ choice: Choice.Type, _ base: Int) -> ColumnType {
        .choice(choice.allCases.map { Option(value: $0.optionValue(base: base), label: $0.label) })
    }
}
