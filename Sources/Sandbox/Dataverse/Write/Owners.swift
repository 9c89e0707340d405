/// Who may own rows.
enum Owners {
    static func check(_ reference: Reference, store: Store, roles: Roles) throws(WebError) {
        let table = store.schema[reference.table]
        guard let row = store.row(reference) else { throw .missing(table, reference.id) }
        if table.logicalName == "team", let type = table.column("teamtype"), row[type] == .integer(1) {
            throw WebError(400, "0x80040203", "An access team (Id=\(reference.id)) cannot own records.")
        }
        try roles.requireOwnable(reference.id)
    }
}

/// Full names follow first and last name.
enum Names {
    static func derive(_ table: TableDefinition, _ values: inout [CellValue]) {
        guard let full = table.column("fullname"), let first = table.column("firstname"), let last = table.column("lastname")
        else {
            return
        }
        let parts = [values[first].text, values[last].text].compactMap { $0 }
        values[full] = parts.isEmpty ? .null : .text(parts.joined(separator: " "))
        if table.logicalName == "systemuser", let full = values[full].text, full.isEmpty {
            values[table.column("fullname")!] = .null
        }
    }
}
