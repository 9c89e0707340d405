/// The form and the views that every table has from the start: its name, and when it was made.
struct DefaultForms {
    let store: Store

    func make(for table: TableDefinition, plural: String, formName: String = "Information", columns: [String]? = nil) {
        let shown = (columns ?? [table.primaryName]).filter { table.column($0) != nil }
        insert(
            "systemform", "form/\(table.logicalName)",
            [
                "name": .text(formName), "objecttypecode": .text(table.logicalName), "type": .integer(2),
                "formactivationstate": .integer(1), "isdefault": .bool(true), "formxml": .text(form(shown, table)),
            ])
        let views: [(name: String, type: Int64)] = [
            ("Active \(plural)", 0), ("Inactive \(plural)", 0), ("\(plural) Advanced Find View", 1),
            ("\(plural) Associated View", 2), ("Quick Find Active \(plural)", 4), ("\(plural) Lookup View", 64),
        ]
        for (place, view) in views.enumerated() {
            insert(
                "savedquery", "view/\(table.logicalName)/\(place)",
                [
                    "name": .text(view.name), "returnedtypecode": .text(table.logicalName), "querytype": .integer(view.type),
                    "isdefault": .bool(place != 1), "layoutxml": .text(layout(table)), "fetchxml": .text(fetch(table)),
                    "statecode": .integer(0), "statuscode": .integer(1),
                ])
        }
    }

    private func insert(_ table: String, _ id: String, _ named: [String: CellValue]) {
        guard let definition = store.schema.byLogicalName[table] else { return }
        var values = [CellValue](repeating: .null, count: definition.columns.count)
        for (name, value) in named { values[definition.column(name)] = value }
        values[definition.column("componentstate")] = .integer(0)
        store.insert(Guid(naming: id), values, into: definition.index)
    }

    private func form(_ columns: [String], _ table: TableDefinition) -> String {
        func id(_ part: String) -> String { "{\(Guid(naming: "form/\(table.logicalName)/\(part)"))}" }
        func labels(_ text: String) -> Markup {
            Markup("labels", [:], [Markup("label", ["description": text, "languagecode": "1033"])])
        }
        let rows = columns.map { column in
            let control = Markup(
                "control", ["id": column, "classid": "{4273EDBD-AC1D-40d3-9FB2-095C621B552D}", "datafieldname": column])
            return Markup("row", [:], [Markup("cell", ["id": id(column)], [labels(column), control])])
        }
        let section = Markup(
            "section", ["showlabel": "false", "showbar": "false", "id": id("section")],
            [labels("General"), Markup("rows", [:], rows)])
        let tab = Markup(
            "tab", ["verticallayout": "true", "id": id("tab")],
            [
                labels("General"),
                Markup("columns", [:], [Markup("column", ["width": "100%"], [Markup("sections", [:], [section])])]),
            ])
        return Markup("form", [:], [Markup("tabs", [:], [tab])]).text
    }

    private func layout(_ table: TableDefinition) -> String {
        let cells = [table.primaryName, "createdon"].filter { table.column($0) != nil }
            .map { Markup("cell", ["name": $0, "width": "150"]) }
        return Markup(
            "grid",
            [
                "name": "resultset", "object": "\(table.typeCode)", "jump": table.primaryName, "select": "1", "icon": "1",
                "preview": "1",
            ],
            [Markup("row", ["name": "result", "id": table.keyName], cells)]
        ).text
    }

    private func fetch(_ table: TableDefinition) -> String {
        let columns = [table.keyName, table.primaryName, "createdon"].filter { table.column($0) != nil }
            .map { Markup("attribute", ["name": $0]) }
        let order = Markup("order", ["attribute": table.primaryName, "descending": "false"])
        return Markup(
            "fetch", ["version": "1.0", "mapping": "logical"], [Markup("entity", ["name": table.logicalName], columns + [order])]
        ).text
    }
}

extension Environment {
    /// Forms and views of the standard tables that people look at.
    func seedForms() {
        let forms: [(table: String, plural: String, form: String, columns: [String])] = [
            ("phonecall", "Phone Calls", "Phone Call", ["subject", "phonenumber", "description"]),
            ("systemuser", "Users", "User", ["fullname", "internalemailaddress", "mobilephone"]),
            ("contact", "Contacts", "Contact", ["fullname", "telephone1", "mobilephone"]),
            ("account", "Accounts", "Account", ["name", "telephone1"]),
            ("lead", "Leads", "Lead", ["fullname", "telephone1"]),
        ]
        for form in forms {
            guard let table = store.schema.byLogicalName[form.table] else { continue }
            try? store.transaction { () throws(WebError) in
                DefaultForms(store: store).make(for: table, plural: form.plural, formName: form.form, columns: form.columns)
            }
        }
    }
}
