extension SolutionPart.Form {
    /// The forms that lack columns, with those that they lack, as readers see them.
    ///
    /// - Parameter fields: those of the part that can be shown.
    func gaps(_ forms: [EnvironmentState.Form], _ fields: [FormField]) -> [FormGap] {
        let active = forms.filter(\.isActive)
        guard isOwn else {
            return active.map { FormGap(form: $0, lacking: $0.lacking(fields)) }.filter { !$0.lacking.isEmpty }
        }
        let shown = active.reduce(into: Set<String>()) { $0.formUnion($1.columns) }
        let lacking = fields.filter { !shown.contains($0.name) }
        return lacking.isEmpty ? [] : active.prefix(1).map { FormGap(form: $0, lacking: lacking) }
    }
}

/// A form and the columns that it lacks.
struct FormGap {
    let form: EnvironmentState.Form
    let lacking: [FormField]

    /// What it would still lack after publishing.
    var draftLacking: [FormField] { form.draftLacking(lacking) }
}

extension EnvironmentState.Form {
    /// What stands on it, in lower case; empty where it can't be read.
    var columns: Set<String> { FormLayout(xml)?.columns ?? [] }

    func lacking(_ fields: [FormField]) -> [FormField] { fields.filter { !columns.contains($0.name) } }

    /// What it would lack after publishing.
    func draftLacking(_ fields: [FormField]) -> [FormField] {
        let columns = FormLayout(draft ?? xml)?.columns ?? []
        return fields.filter { !columns.contains($0.name) }
    }
}

extension EnvironmentState.View {
    func lacking(_ fields: [FormField]) -> [FormField] {
        let columns = ViewLayout(layout: layout, fetch: fetch)?.columns ?? []
        return fields.filter { !columns.contains($0.name) }
    }

    func draftLacking(_ fields: [FormField]) -> [FormField] {
        let columns = ViewLayout(layout: draftLayout ?? layout, fetch: draftFetch ?? fetch)?.columns ?? []
        return fields.filter { !columns.contains($0.name) }
    }
}

extension SolutionComparison {
    func form(_ part: SolutionPart, _ wanted: SolutionPart.Form) -> SolutionFinding {
        if let finding = unshown(part, wanted.table, isMade: wanted.isMade) { return finding }
        let forms = (state.forms[wanted.table] ?? []).filter(\.isActive)
        guard !forms.isEmpty else {
            return SolutionFinding(
                part, wanted.isMade ? .different : .manual, "the table has no active main form",
                remedy: "activate a main form of \(wanted.tableLabel) in the maker portal and run the command again")
        }
        let fields = showable(wanted.fields, of: wanted.table)
        let gaps = wanted.gaps(forms, fields)
        guard !gaps.isEmpty else {
            return SolutionFinding(
                part, .present, "\(fields.count) columns on \(forms.map(\.name).joined(separator: ", "))")
        }
        let words = gaps.map { "\($0.form.name) lacks \($0.lacking.words)" }.joined(separator: "; ")
        guard wanted.isMade else {
            return byHand(
                part, words, "form", wanted.tableLabel, gaps.map(\.form.name), FormField.all(gaps.flatMap(\.lacking)),
                choice: wanted.isOwn ? "own" : "all")
        }
        // Somebody is at work on it: publishing would bring out what is not finished.
        if !wanted.isOwn, let busy = gaps.first(where: { $0.form.draft != nil && !$0.draftLacking.isEmpty }) {
            return SolutionFinding(
                part, .different, "\(words); \(busy.form.name) has changes that are not published",
                remedy: "publish or discard them in the maker portal, and run `trunkline dynamics install` again")
        }
        return missing(part, gaps.allSatisfy { $0.draftLacking.isEmpty } ? "\(words); not yet published" : words)
    }

    func view(_ part: SolutionPart, _ wanted: SolutionPart.View) -> SolutionFinding {
        if let finding = unshown(part, wanted.table, isMade: wanted.isMade) { return finding }
        guard let view = state.views[wanted.table] else {
            return SolutionFinding(
                part, wanted.isMade ? .different : .manual, "the table has no public view",
                remedy: "make a public view of \(wanted.tableLabel) in the maker portal and run the command again")
        }
        let fields = showable(wanted.fields, of: wanted.table)
        let lacking = view.lacking(fields)
        guard !lacking.isEmpty else { return SolutionFinding(part, .present, "\(fields.count) columns in \(view.name)") }
        let words = "\(view.name) lacks \(lacking.words)"
        guard wanted.isMade else { return byHand(part, words, "view", wanted.tableLabel, [view.name], lacking, choice: "own") }
        return missing(part, view.draftLacking(lacking).isEmpty ? "\(words); not yet published" : words)
    }

    /// Columns of another type under the name have a line of their own.
    private func showable(_ fields: [FormField], of table: String) -> [FormField] {
        fields.filter { field in
            state.tables[table]?.columns[field.name].map { $0.type == field.control.attributeType } ?? true
        }
    }

    private func unshown(_ part: SolutionPart, _ table: String, isMade: Bool) -> SolutionFinding? {
        if state.tables[table] == nil {
            return isMade
                ? missing(part, "table \(table) is not there")
                : SolutionFinding(part, .unavailable, "table \(table) is not there")
        }
        return state.formsRefused.map {
            SolutionFinding(
                part, .unavailable, "forms and views can't be read: \($0)",
                remedy: "give the application user Read of System Form and View, or the role System Customizer while this runs")
        }
    }

    private func byHand(
        _ part: SolutionPart, _ found: String, _ what: String, _ table: String, _ names: [String], _ fields: [FormField],
        choice: String
    ) -> SolutionFinding {
        SolutionFinding(
            part, .manual, found,
            remedy:
                "in the maker portal: table \(table), \(what) \(names.joined(separator: ", ")): add \(fields.words), save and publish; "
                + "or run `trunkline dynamics install --forms \(choice)`")
    }
}

extension [FormField] {
    fileprivate var words: String { map(\.label).joined(separator: ", ") }
}

extension FormField {
    /// Each once, in order.
    fileprivate static func all(_ fields: [FormField]) -> [FormField] {
        var seen: Set<String> = []
        return fields.filter { seen.insert($0.name).inserted }
    }
}
