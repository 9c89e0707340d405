import Dynamics
import Foundation

/// Forms and views are rows, too, but seen only when they are published ("Customize entity forms"): that comes at the end.
extension SolutionInstaller {
    /// Adds columns that are missing, to what would be published next, and takes nothing away.
    func makeForm(
        _ wanted: SolutionPart.Form, _ state: EnvironmentState, _ columns: inout ColumnReader
    ) async throws -> SolutionEvent.Result {
        let forms = try await reader.forms(of: wanted.table)
        guard forms.contains(where: \.isActive) else {
            return .failed("\(wanted.table) has no active main form", remedy: "activate one in the maker portal and run it again")
        }
        let fields = standing(wanted.fields, try await columns.columns(of: wanted.table))
        let gaps = wanted.gaps(forms, fields)
        guard !gaps.isEmpty else { return .alreadySo }
        for gap in gaps {
            let (form, lacking) = (gap.form, gap.draftLacking)
            if lacking.isEmpty { continue }
            if !wanted.isOwn, form.draft != nil {
                return .failed(
                    "form \(form.name) has changes that are not published", remedy: "publish or discard them and run it again")
            }
            guard
                let xml = FormLayout(form.draft ?? form.xml)?.adding(
                    lacking, to: wanted.section, label: wanted.sectionLabel, language: state.language)
            else {
                return .failed(
                    "form \(form.name) has no tab with a section",
                    remedy: "add \(lacking.map(\.label).joined(separator: ", ")) to it by hand")
            }
            let result = try await write(form, xml)
            if case .failed = result { return result }
        }
        return .changed
    }

    func makeView(_ wanted: SolutionPart.View, _ columns: inout ColumnReader) async throws -> SolutionEvent.Result {
        guard let view = try await reader.view(of: wanted.table) else {
            return .failed("\(wanted.table) has no public view", remedy: "make one in the maker portal and run it again")
        }
        let fields = standing(wanted.fields, try await columns.columns(of: wanted.table))
        guard !view.lacking(fields).isEmpty else { return .alreadySo }
        let lacking = view.draftLacking(fields)
        if lacking.isEmpty { return .changed }
        let layout = ViewLayout(layout: view.draftLayout ?? view.layout, fetch: view.draftFetch ?? view.fetch)
        guard let texts = layout?.adding(lacking.map(\.name)) else {
            return .failed(
                "view \(view.name) can't be read",
                remedy: "add \(lacking.map(\.label).joined(separator: ", ")) to it by hand")
        }
        return try await send(.updateOnly(view.path, view.body(texts)))
    }

    /// Who may not look at forms still gets everything else.
    func told(_ make: () async throws -> SolutionEvent.Result) async throws -> SolutionEvent.Result {
        do { return try await make() } catch let error as DynamicsError where !error.isTransient {
            return .failed(
                error.operatorText, remedy: "give the application user the role System Customizer for the installation")
        }
    }

    private var reader: FormReader { FormReader(metadata: metadata) }

    private func write(_ form: EnvironmentState.Form, _ xml: String) async throws -> SolutionEvent.Result {
        try await send(.updateOnly(form.path, form.body(xml)))
    }

    /// A form can't show what could not be made.
    private func standing(_ fields: [FormField], _ columns: [String: EnvironmentState.Column]) -> [FormField] {
        fields.filter { columns[$0.name]?.type == $0.control.attributeType }
    }
}

extension EnvironmentState.Form {
    var path: String { "\(FormNames.forms)(\(id.uuidString.lowercased()))" }

    func body(_ xml: String) -> [UInt8] {
        var body = ODataBody()
        body.set("formxml", xml)
        return body.bytes
    }
}

extension EnvironmentState.View {
    var path: String { "\(FormNames.views)(\(id.uuidString.lowercased()))" }

    func body(_ texts: (layout: String, fetch: String)) -> [UInt8] {
        var body = ODataBody()
        body.set("layoutxml", texts.layout)
        body.set("fetchxml", texts.fetch)
        return body.bytes
    }
}
