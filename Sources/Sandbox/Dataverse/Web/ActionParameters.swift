/// The body of an action: its parameters by name.
struct ActionParameters {
    private let action: String
    private let object: JSONObject
    private let context: WriteContext

    /// An empty body is an action without parameters. Names the action is not declared with are refused.
    init(_ action: String, _ body: ArraySlice<UInt8>, _ context: WriteContext) throws(WebError) {
        self.action = action
        self.context = context
        guard body.contains(where: { $0 > 0x20 }) else {
            object = JSONObject()
            return
        }
        guard let json = try? JSON(parsing: body), case .object(let object) = json else {
            throw .parameter("The body of '\(action)' is no JSON object.")
        }
        let names = Set(ServiceOperation.named(action)?.parameters.map(\.key) ?? [])
        for member in object.members where !member.name.utf8.contains(UInt8(ascii: "@")) && !names.contains(member.name) {
            throw .parameter(
                "The parameter '\(member.name)' in the request payload is not a valid parameter for the operation '\(action)'.")
        }
        self.object = object
    }

    subscript(name: String) -> JSON? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    func required(_ name: String) throws(WebError) -> JSON {
        guard let value = self[name] else {
            throw .argument("Required field '\(name)' is missing for the operation '\(action)'.")
        }
        return value
    }

    func text(_ name: String) throws(WebError) -> String {
        guard let text = try required(name).string else { throw .argument("A string was expected for '\(name)'.") }
        return text
    }

    /// The row a parameter names, by type and key or by `@odata.id`: 404 when there is none.
    func row(_ name: String) throws(WebError) -> Reference {
        try ActionParameters.row(try required(name), name, context)
    }

    func optionalRow(_ name: String) throws(WebError) -> Reference? {
        guard self[name] != nil else { return nil }
        return try row(name)
    }

    static func row(_ json: JSON, _ name: String, _ context: WriteContext) throws(WebError) -> Reference {
        let reference: Reference
        if let url = json["@odata.id"]?.string {
            reference = try BindReader(context: context).reference(url)
        } else {
            let table = try type(of: json, name, context)
            guard let id = json[table.keyName]?.string.flatMap({ Guid($0) }) else {
                throw .argument("The key '\(table.keyName)' of '\(name)' is missing.")
            }
            reference = Reference(table: table.index, id: id)
        }
        guard context.store.row(reference) != nil else { throw .missing(context.schema[reference.table], reference.id) }
        return reference
    }

    /// The table `@odata.type` names.
    static func type(of json: JSON, _ name: String, _ context: WriteContext) throws(WebError) -> TableDefinition {
        guard let type = json["@odata.type"]?.string else {
            throw .parameter("The annotation '@odata.type' of '\(name)' is missing.")
        }
        let bare = type.hasPrefix("#") ? type.dropFirst() : type[...]
        guard bare.hasPrefix("Microsoft.Dynamics.CRM."), let table = context.schema.byLogicalName[String(bare.dropFirst(23))]
        else {
            throw .parameter(
                "A type named '\(bare)' could not be resolved by the model. When a model is available, each type name must resolve "
                    + "to a valid type.")
        }
        return table
    }
}

extension WebError {
    static func parameter(_ detail: String) -> WebError { WebError(400, "0x80048d19", "Error identified in Payload. \(detail)") }
}
