import Dynamics

/// What a form or a view shows can't be deleted, so the hub's part of them goes first, and is published at once.
extension SolutionRemover {
    /// Whether something of the hub's stands on a form that stays.
    static func isShown(_ wanted: SolutionPart.Form, _ state: EnvironmentState) -> Bool {
        (state.forms[wanted.table] ?? []).contains { FormLayout($0.xml)?.hasSection(wanted.section) ?? false }
    }

    static func isShown(_ wanted: SolutionPart.View, _ state: EnvironmentState) -> Bool {
        state.views[wanted.table].map { $0.lacking(wanted.ownFields).count < wanted.ownFields.count } ?? false
    }

    func takeOff(_ wanted: SolutionPart.Form, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        let names = Set(wanted.fields.map(\.name))
        for form in state.forms[wanted.table] ?? [] {
            guard let xml = FormLayout(form.xml)?.removing(names, from: wanted.section) else { continue }
            guard form.draft == nil else { return .unfinished(form.name) }
            let result = try await send(.updateOnly(form.path, form.body(xml)))
            if case .failed = result { return result }
        }
        return try await publish(wanted.table)
    }

    func takeOff(_ wanted: SolutionPart.View, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        guard let view = state.views[wanted.table], let layout = ViewLayout(layout: view.layout, fetch: view.fetch) else {
            return .alreadySo
        }
        guard view.draftLayout == nil else { return .unfinished(view.name) }
        let result = try await send(.updateOnly(view.path, view.body(layout.removing(Set(wanted.ownFields.map(\.name))))))
        if case .failed = result { return result }
        return try await publish(wanted.table)
    }

    private func send(_ change: Change) async throws -> SolutionEvent.Result {
        SolutionEvent.Result(try await writer.send(change))
    }

    private func publish(_ table: String) async throws -> SolutionEvent.Result {
        let result = try await send(.publishing([table]))
        return result == .made ? .removed : result
    }
}

extension SolutionPart.View {
    fileprivate var ownFields: [FormField] { fields.filter { $0.name.hasPrefix(prefix) } }
}

extension SolutionEvent.Result {
    fileprivate static func unfinished(_ name: String) -> Self {
        .failed(
            "\(name) has changes that are not published",
            remedy: "publish or discard them in the maker portal and run the command again")
    }
}

extension Change {
    /// Makes the tables' labels, forms and views seen.
    static func publishing(_ tables: [String]) -> Change {
        var body = ODataBody()
        let list = tables.map { "<entity>\($0)</entity>" }.joined()
        body.set("ParameterXml", "<importexportxml><entities>\(list)</entities></importexportxml>")
        return .action("PublishXml", body.bytes)
    }
}
