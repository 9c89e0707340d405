// Publishers, solutions and what virtual tables take their rows from.
extension TableDefinition {
    static func publisher() -> TableDefinition {
        let table = TableDefinition(
            "publisher", "Publisher", set: "publishers", key: "publisherid", name: "friendlyname", typeCode: 7101,
            ownership: .organization,
            columns: [
                textColumn("uniquename", 256, indexed: true), textColumn("friendlyname", 256),
                ColumnDefinition("description", .memo(maxLength: 2000)), textColumn("customizationprefix", 8),
                ColumnDefinition("customizationoptionvalueprefix", .integer(10_000...99_999)), textColumn("emailaddress", 100),
                textColumn("supportingwebsiteurl", 200), ColumnDefinition("isreadonly", .yesNo, access: []),
            ])
        table.uniqueColumns = ["uniquename"]
        return table
    }

    static func solution() -> TableDefinition {
        let table = TableDefinition(
            "solution", "Solution", set: "solutions", key: "solutionid", name: "friendlyname", typeCode: 7100,
            ownership: .organization,
            columns: [
                textColumn("uniquename", 65, indexed: true), textColumn("friendlyname", 256),
                ColumnDefinition("description", .memo(maxLength: 2000)), textColumn("version", 256),
                ColumnDefinition("publisherid", .lookup(["publisher"])), ColumnDefinition("ismanaged", .yesNo, access: []),
                ColumnDefinition("isvisible", .yesNo, access: []), ColumnDefinition("installedon", .dateTime, access: []),
            ])
        table.uniqueColumns = ["uniquename"]
        return table
    }

    static func solutionComponent() -> TableDefinition {
        TableDefinition(
            "solutioncomponent", "SolutionComponent", set: "solutioncomponents", key: "solutioncomponentid",
            name: "componenttype",
            typeCode: 7103, ownership: .none,
            columns: [
                ColumnDefinition("objectid", .guid, access: []),
                ColumnDefinition(
                    "componenttype",
                    .choice([
                        ChoiceOption(1, "Entity"), ChoiceOption(2, "Attribute"), ChoiceOption(9, "Option Set"),
                        ChoiceOption(10, "Entity Relationship"), ChoiceOption(14, "Entity Key"),
                    ]), access: []),
                ColumnDefinition("solutionid", .lookup(["solution"]), access: [], indexed: true),
            ])
    }

    static func dataProvider() -> TableDefinition {
        TableDefinition(
            "entitydataprovider", "EntityDataProvider", set: "entitydataproviders", key: "entitydataproviderid", name: "name",
            typeCode: 78, ownership: .organization,
            columns: [textColumn("name", 160), textColumn("datasourcelogicalname", 160)])
    }

    /// Rows that say where an OData v4 source is and how to ask it.
    static func virtualDataSource() -> TableDefinition {
        let parameters = (1...10).flatMap { number in
            [
                textColumn("msdyn_parameter\(number)name", 1024), textColumn("msdyn_parameter\(number)value", 1024),
                ColumnDefinition(
                    "msdyn_isparameter\(number)header", .boolean(whenFalse: "Query String", whenTrue: "Header")),
            ]
        }
        return TableDefinition(
            "msdyn_odatav4ds", "msdyn_ODatav4DS", set: "msdyn_odatav4dses", key: "msdyn_odatav4dsid", name: "msdyn_name",
            typeCode: 10_045, ownership: .organization,
            columns: [
                textColumn("msdyn_name", 100), textColumn("msdyn_uri", 1024),
                ColumnDefinition("msdyn_timeout", .integer(0...2_147_483_647)),
                ColumnDefinition(
                    "msdyn_paginationtype",
                    .choice([ChoiceOption(0, "Client-side Paging"), ChoiceOption(1, "Server-side Paging")])),
                ColumnDefinition("msdyn_paginationmode", .yesNo), ColumnDefinition("msdyn_returninlinecount", .yesNo),
            ] + parameters)
    }
}

/// Rules of the rows customisations hang on.
enum Customization {
    /// A publisher's prefix makes names, a solution's version has four numbers.
    static func check(_ table: TableDefinition, _ values: [CellValue]) throws(WebError) {
        switch table.logicalName {
        case "publisher":
            guard let name = values[table.column("uniquename")].text, !name.isEmpty else {
                throw .argument("A publisher needs a unique name.")
            }
            let prefix = values[table.column("customizationprefix")].text ?? ""
            let fits = (2...8).contains(prefix.count) && prefix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard fits, prefix.first?.isLetter == true, !prefix.lowercased().hasPrefix("mscrm") else {
                throw .argument(
                    "The customization prefix '\(prefix)' must be 2 to 8 alphanumeric characters, start with a letter and not with "
                        + "'mscrm'.")
            }
        case "solution":
            guard values[table.column("uniquename")].text != nil, values[table.column("publisherid")].reference != nil else {
                throw .argument("A solution needs a unique name and a publisher.")
            }
            let numbers = (values[table.column("version")].text ?? "").split(separator: ".")
            guard (2...4).contains(numbers.count), numbers.allSatisfy({ Int($0) != nil }) else {
                throw .argument("The version of a solution has the form major.minor.build.revision.")
            }
        default: break
        }
    }
}

extension WriteContext {
    func checkUnique(_ table: TableDefinition, _ values: [CellValue], except id: Guid?) throws(WebError) {
        for name in table.uniqueColumns {
            guard let column = table.column(name), let text = values[column].text else { continue }
            let rows = store[table.index]
            let same = rows.slots(column: column, folded: Folding.fold(text)).compactMap { rows.row(at: $0) }
            if same.contains(where: { $0.id != id }) { throw .alreadyExists }
        }
    }
}

extension Environment {
    /// What an environment has before anybody customises it.
    func seedCustomization(now: Int64) {
        guard let publishers = store.schema.byLogicalName["publisher"] else { return }
        let publisher = store.random.guid()
        insert(
            "publisher", publisher,
            [
                "uniquename": .text("DefaultPublisherdemo"), "friendlyname": .text("Default Publisher for demo"),
                "customizationprefix": .text("new"), "customizationoptionvalueprefix": .integer(10_000),
            ])
        for name in ["Active", "Default"] {
            insert(
                "solution", store.random.guid(),
                [
                    "uniquename": .text(name), "friendlyname": .text("\(name) Solution"), "version": .text("1.0"),
                    "publisherid": .lookup(Reference(table: publishers.index, id: publisher)), "ismanaged": .bool(false),
                    "installedon": .date(now),
                ])
        }
        insert(
            "entitydataprovider", store.random.guid(),
            ["name": .text("OData v4 Data Provider"), "datasourcelogicalname": .text("msdyn_odatav4ds")])
    }
}
