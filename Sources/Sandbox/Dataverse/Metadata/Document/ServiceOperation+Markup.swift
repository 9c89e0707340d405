// How `$metadata` declares a message.
extension ServiceOperation {
    private var element: String { isFunction ? "Function" : "Action" }
    private var responseType: String? { response.isEmpty ? nil : "\(name)Response" }

    /// The type of its answer.
    var responseMarkup: Markup? {
        responseType.map { Markup("ComplexType", ["Name": $0], Markup.properties(response)) }
    }

    /// One declaration, or one for each table that it is bound to.
    func markup(bulkTables: [String]) -> [Markup] {
        switch binding {
        case .unbound: [declaration(bindingParameter: nil)]
        case .row(let table): [declaration(bindingParameter: ("entity", "mscrm.\(table)"))]
        case .bulkRows: bulkTables.map { declaration(bindingParameter: ("entityset", "Collection(mscrm.\($0))")) }
        }
    }

    private func declaration(bindingParameter: (name: String, type: String)?) -> Markup {
        let binding = bindingParameter.map { [Markup("Parameter", ["Name": $0.name, "Type": $0.type, "Nullable": "false"])] }
        let own = parameters.map { Markup("Parameter", ["Name": $0.key, "Type": $0.value]) }
        let answer = responseType.map { [Markup("ReturnType", ["Type": "mscrm.\($0)", "Nullable": "false"])] }
        return Markup(
            element, ["Name": name, "IsBound": binding == nil ? nil : "true"], (binding ?? []) + own + (answer ?? []))
    }

    /// Bound ones are reached through their rows.
    var importMarkup: Markup? {
        guard binding == .unbound else { return nil }
        return Markup("\(element)Import", ["Name": name, element: "Microsoft.Dynamics.CRM.\(name)"])
    }
}
