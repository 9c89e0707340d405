// Forms and views: rows of which readers see the published state only.
extension TableDefinition {
    /// Each of them with the column that names the table it shows.
    static let drafted = ["systemform": "objecttypecode", "savedquery": "returnedtypecode"]

    static func systemForm() -> TableDefinition {
        TableDefinition(
            "systemform", "SystemForm", set: "systemforms", key: "formid", name: "name", typeCode: 1030, ownership: .organization,
            columns: [
                textColumn("name", 100), ColumnDefinition("description", .memo(maxLength: 5000)),
                ColumnDefinition("objecttypecode", .text(maxLength: 128), access: .create, indexed: true),
                ColumnDefinition(
                    "type",
                    .choice([
                        ChoiceOption(2, "Main"), ChoiceOption(6, "Quick View Form"), ChoiceOption(7, "Quick Create"),
                        ChoiceOption(11, "Card"),
                    ]), access: .create),
                ColumnDefinition(
                    "formactivationstate", .choice([ChoiceOption(0, "Inactive"), ChoiceOption(1, "Active")])),
                ColumnDefinition("isdefault", .yesNo), ColumnDefinition("formxml", .memo(maxLength: 1_073_741_823)),
                componentState,
            ])
    }

    static func savedQuery() -> TableDefinition {
        TableDefinition(
            "savedquery", "SavedQuery", set: "savedqueries", key: "savedqueryid", name: "name", typeCode: 1039,
            ownership: .organization, states: StateDefinition.activeInactive, privilege: "Query",
            columns: [
                textColumn("name", 200), ColumnDefinition("description", .memo(maxLength: 2000)),
                ColumnDefinition("returnedtypecode", .text(maxLength: 128), access: .create, indexed: true),
                ColumnDefinition("querytype", .anyInteger, access: .create), ColumnDefinition("isdefault", .yesNo),
                ColumnDefinition("fetchxml", .memo(maxLength: 1_073_741_823)),
                ColumnDefinition("layoutxml", .memo(maxLength: 1_073_741_823)), componentState,
            ])
    }

    private static let componentState = ColumnDefinition(
        "componentstate", .choice([ChoiceOption(0, "Published"), ChoiceOption(1, "Unpublished")]), access: [])
}
