/// Writes rows as the Web API shows them.
struct RowWriter {
    let store: Store
    let formattedValues: Bool
    let navigationNames: Bool
    let lookupNames: Bool
    private let reader: QueryOptionsReader

    init(store: Store, preferences: Preferences, reader: QueryOptionsReader) {
        self.store = store
        self.reader = reader
        formattedValues = preferences.shows(annotation: "OData.Community.Display.V1.FormattedValue")
        navigationNames = preferences.shows(annotation: "Microsoft.Dynamics.CRM.associatednavigationproperty")
        lookupNames = preferences.shows(annotation: "Microsoft.Dynamics.CRM.lookuplogicalname")
    }

    /// One row as an object; the caller has opened it when `context` members are wanted.
    func write(
        _ row: StoredRow, of table: TableDefinition, options: QueryOptions, to writer: inout JSONWriter
    ) throws(WebError) {
        writer.beginObject()
        try writeMembers(row, of: table, options: options, to: &writer)
        writer.endObject()
    }

    func writeMembers(
        _ row: StoredRow, of table: TableDefinition, options: QueryOptions, to writer: inout JSONWriter
    ) throws(WebError) {
        writer.member("@odata.etag", "W/\"\(row.version)\"")
        if let select = options.select {
            for column in select { write(column, of: row, table, to: &writer) }
            if !select.contains(0) { write(0, of: row, table, to: &writer) }
        } else {
            for (column, definition) in table.columns.enumerated() where !definition.isDropped {
                write(column, of: row, table, to: &writer)
            }
        }
        for item in options.expand { try write(item, of: row, table, to: &writer) }
    }

    private func write(_ column: Int, of row: StoredRow, _ table: TableDefinition, to writer: inout JSONWriter) {
        let value = table.columns[column].isSecret ? .null : table.value(column, of: row)
        if !value.isNull { annotate(column, value, table, to: &writer) }
        writer.name(prepared: table.preparedNames[column])
        switch value {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .integer(let value): writer.value(value)
        case .number(let value): writer.value(value)
        case .text(let value): writer.value(value)
        case .guid(let value): writer.plain { value.write(to: &$0) }
        case .lookup(let reference): writer.plain { reference.id.write(to: &$0) }
        case .date(let seconds):
            if table.columns[column].kind == .dateOnly {
                writer.plain { DateText.writeDate(seconds, to: &$0) }
            } else {
                writer.plain { DateText.writeDateTime(seconds, to: &$0) }
            }
        }
    }

    private func annotate(_ column: Int, _ value: CellValue, _ table: TableDefinition, to writer: inout JSONWriter) {
        let name = table.columns[column].propertyName
        if case .lookup(let reference) = value {
            if navigationNames {
                writer.member(
                    "\(name)@Microsoft.Dynamics.CRM.associatednavigationproperty",
                    store.schema.navigationName(of: table, column: column, target: reference.table))
            }
            if lookupNames {
                writer.member("\(name)@Microsoft.Dynamics.CRM.lookuplogicalname", store.schema[reference.table].logicalName)
            }
        }
        if formattedValues, let text = formatted(value, table.columns[column].kind, table) {
            writer.member("\(name)@OData.Community.Display.V1.FormattedValue", text)
        }
    }

    private func formatted(_ value: CellValue, _ kind: ColumnKind, _ table: TableDefinition) -> String? {
        switch (value, kind) {
        case (.lookup(let reference), _): store.name(of: reference)
        case (.integer(let value), .choice(let options)): options.first { $0.value == value }?.label
        case (.integer(let value), .state): table.state(value)?.label
        case (.integer(let value), .status): table.statusLabel(value)
        case (.integer(let value), _): RowWriter.grouped(value)
        case (.number(let value), _): "\(value)"
        case (.bool(let value), .boolean(let whenFalse, let whenTrue)): value ? whenTrue : whenFalse
        case (.date(let seconds), _): DateText.formatted(seconds, dateOnly: kind == .dateOnly)
        case (.text, .logicalName): table.schemaName
        default: nil
        }
    }

    static func grouped(_ value: Int64) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    private func write(
        _ item: QueryOptions.ExpandItem, of row: StoredRow, _ table: TableDefinition, to writer: inout JSONWriter
    ) throws(WebError) {
        writer.name(item.name)
        switch item.navigation {
        case .single(let navigation):
            guard let reference = row[navigation.column].reference, navigation.target.map({ $0 == reference.table }) ?? true,
                let target = store.row(reference)
            else {
                writer.null()
                return
            }
            let definition = store.schema[reference.table]
            let options: QueryOptions
            if let known = item.options {
                options = known
            } else {
                options = try reader.read(item.text, table: definition, nested: true)
            }
            try write(target, of: definition, options: options, to: &writer)
        case .collection(let navigation):
            let options = item.options ?? QueryOptions()
            let evaluation = FilterEvaluation(store: store)
            let child = store[navigation.table]
            var rows = evaluation.children(navigation, of: row)
            if let filter = options.filter { rows = rows.filter { evaluation.matches(filter, $0, in: child) } }
            rows = RowOrder(options.order, evaluation: evaluation, table: child).sorted(rows)
            writer.beginArray()
            for row in rows.prefix(options.top ?? 5000) {
                try write(row, of: child.definition, options: options, to: &writer)
            }
            writer.endArray()
        }
    }
}

extension Store {
    /// The primary name of a row, as formatted values show it.
    func name(of reference: Reference) -> String? {
        guard let column = schema[reference.table].nameColumn, let row = row(reference) else { return nil }
        return row[column].text
    }
}
