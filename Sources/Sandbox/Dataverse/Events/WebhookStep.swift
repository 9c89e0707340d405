/// A registered step whose handler is a webhook.
struct WebhookStep {
    var name: String
    /// Where to post, with the key or the settings of the endpoint put in.
    var url: String
    var headers: [(name: String, value: String)]
    /// The job of a delivery that succeeded is not kept.
    var deletesJob: Bool
    var message: String
    /// Logical name; nil for every table.
    var table: String?
    /// Columns one of which an update must write; empty for any.
    var columns: Set<String>

    func listens(to event: WriteEvent, _ schema: Schema) -> Bool {
        let definition = schema[event.row.table]
        guard message == event.message.rawValue, table.map({ $0 == definition.logicalName }) ?? true else { return false }
        guard event.message == .update, !columns.isEmpty else { return true }
        return event.values.contains { columns.contains(definition.columns[$0.column].name) }
    }
}

extension Store {
    /// The asynchronous post-operation steps that are enabled and end at a webhook.
    func webhookSteps() -> [WebhookStep] {
        guard let steps = table("sdkmessageprocessingstep"), let endpoints = table("serviceendpoint") else { return [] }
        let columns = steps.definition
        return steps.rows.compactMap { step in
            guard step[columns.stateCode!] == .integer(0), number("stage", step, columns) == 40,
                number("mode", step, columns) == 1,
                let handler = columns.column("eventhandler").flatMap({ step[$0].reference }),
                handler.table == endpoints.definition.index, let endpoint = endpoints.row(handler.id),
                number("contract", endpoint, endpoints.definition) == 8,
                let message = columns.column("sdkmessageid").flatMap({ step[$0].reference }).flatMap({ name(of: $0) })
            else { return nil }
            let filter = columns.column("sdkmessagefilterid").flatMap { step[$0].reference }.flatMap { row($0) }
            let filterTable = self.table("sdkmessagefilter")?.definition.column("primaryobjecttypecode")
            let list = text("filteringattributes", step, columns) ?? ""
            var made = WebhookStep(
                name: text("name", step, columns) ?? "", url: text("url", endpoint, endpoints.definition) ?? "", headers: [],
                deletesJob: columns.column("asyncautodelete").map { step[$0] == .bool(true) } ?? false, message: message,
                table: filter.flatMap { row in filterTable.flatMap { row[$0].text } },
                columns: Set(list.split(separator: ",").map(\.trimmed)))
            made.authenticate(
                number("authtype", endpoint, endpoints.definition), text("authvalue", endpoint, endpoints.definition) ?? "")
            return made
        }
    }

    private func text(_ name: String, _ row: StoredRow, _ table: TableDefinition) -> String? {
        table.column(name).flatMap { row[$0].text }
    }

    private func number(_ name: String, _ row: StoredRow, _ table: TableDefinition) -> Int64? {
        table.column(name).flatMap { row[$0].integer }
    }
}

extension WebhookStep {
    /// Puts the endpoint's secret where its kind wants it: 4 the query parameter `code`, 5 header fields, 6 query parameters.
    fileprivate mutating func authenticate(_ type: Int64?, _ value: String) {
        switch type {
        case 4: add(query: [("code", value)])
        case 5: headers = WebhookStep.settings(value)
        case 6: add(query: WebhookStep.settings(value))
        default: break
        }
    }

    private mutating func add(query: [(name: String, value: String)]) {
        for (name, value) in query {
            url += "\(url.contains("?") ? "&" : "?")\(URLText.encode(name))=\(URLText.encode(value))"
        }
    }

    /// `<settings><setting name="X-Key" value="…"/></settings>`
    static func settings(_ xml: String) -> [(name: String, value: String)] {
        xml.components(between: "<setting ", and: ">").compactMap { setting in
            guard let name = setting.components(between: "name=\"", and: "\"").first,
                let value = setting.components(between: "value=\"", and: "\"").first
            else { return nil }
            return (name, value)
        }
    }
}
