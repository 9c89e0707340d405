// Messages that publish and refine customisations.
extension Execution {
    static let customizationActions: Set<String> = [
        "PublishXml", "PublishAllXml", "InsertStatusValue", "InsertOptionValue", "DeleteOptionValue", "ReactivateEntityKey",
        "CreateEntities",
    ]

    func customize(_ action: String, _ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        guard schema.busyUntil <= elapsed else {
            throw WebError(
                400, "0x80071151",
                "Cannot start the requested operation because there is another operation running at this moment: a customization "
                    + "of this environment.")
        }
        let cost = OperationCost(kind: .metadata)
        let result: OperationResult
        switch action {
        case "PublishXml":
            let parameters = try ActionParameters(action, operation.body, context)
            let xml = try parameters.text("ParameterXml")
            try checkPublished(xml)
            try publish(xml.components(between: "<entity>", and: "</entity>"))
            result = OperationResult(204, cost: cost)
        case "PublishAllXml":
            try publish(nil)
            result = OperationResult(204, cost: cost)
        case "ReactivateEntityKey":
            result = try reactivate(operation, context)
        case "CreateEntities":
            result = try createEntities(operation, context)
        default:
            result = try changeOption(action, operation, context)
        }
        schema.busyUntil = elapsed + customizationTime
        return result
    }

    private func checkPublished(_ xml: String) throws(WebError) {
        guard xml.contains("<importexportxml") else {
            throw .argument("The XML passed to the platform is not well-formed or invalid.")
        }
        for part in xml.components(between: "<entity>", and: "</entity>") where schema.byLogicalName[part] == nil {
            throw .argument("The entity '\(part)' to publish does not exist.")
        }
    }

    private func reactivate(_ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        let parameters = try ActionParameters("ReactivateEntityKey", operation.body, context)
        let name = try parameters.text("EntityLogicalName")
        let key = try parameters.text("EntityKeyLogicalName")
        guard let table = schema.byLogicalName[name] else { throw .notFound("entity '\(name)'") }
        guard let place = table.keys.firstIndex(where: { $0.logicalName == key }) else { throw .notFound("key '\(key)'") }
        if table.keys[place].status == .failed {
            table.keys[place].status = .pending
            table.keys[place].since = elapsed
        }
        return OperationResult(204, cost: OperationCost(kind: .metadata))
    }

    private func createEntities(_ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        let parameters = try ActionParameters("CreateEntities", operation.body, context)
        var headers = operation.headers
        for (name, value) in URLText.pairs(operation.query) where name == "SolutionUniqueName" { headers.solution = value }
        if let name = parameters["SolutionUniqueName"]?.string { headers.solution = name }
        let writer = DefinitionWriter(
            store: store, serviceRoot: serviceRoot, headers: headers, elapsed: elapsed, context: context)
        let solution = try writer.solution()
        guard case .array(let entities) = try parameters.required("Entities") else { throw .parameter("An array was expected.") }
        for entity in entities {
            writer.note(try writer.createTable(ComplexDefinition.plain(entity)).metadataID, .table, in: solution)
        }
        return OperationResult(204, cost: OperationCost(kind: .metadata))
    }

    private func changeOption(
        _ action: String, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        let parameters = try ActionParameters(action, operation.body, context)
        let writer = DefinitionWriter(
            store: store, serviceRoot: serviceRoot, headers: operation.headers, elapsed: elapsed, context: context)
        let prefix = writer.optionPrefix * 10_000
        let value: Int64
        if action == "InsertStatusValue" {
            value = try insertStatus(parameters, prefix)
        } else if let name = parameters["OptionSetName"]?.string {
            guard var set = schema.choiceSets[name] else { throw .notFound("choice '\(name)'") }
            value = try change(&set.options, action, parameters, prefix)
            schema.replace(set)
        } else {
            value = try changeLocal(action, parameters, prefix)
        }
        let cost = OperationCost(kind: .metadata)
        if action == "DeleteOptionValue" { return OperationResult(204, cost: cost) }
        return answer(of: action, [.init(name: "NewOptionValue", value: .integer(value))], cost: cost)
    }

    private func insertStatus(_ parameters: ActionParameters, _ prefix: Int64) throws(WebError) -> Int64 {
        let name = try parameters.text("EntityLogicalName")
        guard let table = schema.byLogicalName[name] else { throw .notFound("entity '\(name)'") }
        guard let state = try parameters.required("StateCode").integer,
            let place = table.states.firstIndex(where: { $0.value == state })
        else { throw .argument("The state code is not valid for '\(name)'.") }
        let taken = table.states.flatMap(\.statuses).map(\.value)
        let value = parameters["Value"]?.integer ?? max(prefix, (taken.max() ?? 0) + 1)
        if taken.contains(value) { throw WebError(400, "0x80048404", "The option value \(value) is used more than once.") }
        table.states[place].statuses.append(
            ChoiceOption(value, MetadataLabel.text(parameters["Label"]) ?? "\(value)"))
        return value
    }

    private func changeLocal(_ action: String, _ parameters: ActionParameters, _ prefix: Int64) throws(WebError) -> Int64 {
        let name = try parameters.text("EntityLogicalName")
        let attribute = try parameters.text("AttributeLogicalName")
        guard let table = schema.byLogicalName[name], let column = table.column(attribute),
            case .choice(var options) = table.columns[column].kind, table.columns[column].choiceSet == nil
        else { throw .notFound("choice column '\(attribute)' of '\(name)'") }
        let value = try change(&options, action, parameters, prefix)
        try table.change(column) { definition throws(WebError) in definition.kind = .choice(options) }
        return value
    }

    private func change(
        _ options: inout [ChoiceOption], _ action: String, _ parameters: ActionParameters, _ prefix: Int64
    ) throws(WebError) -> Int64 {
        if action == "DeleteOptionValue" {
            guard let value = try parameters.required("Value").integer,
                let place = options.firstIndex(where: { $0.value == value })
            else { throw .notFound("option") }
            options.remove(at: place)
            return value
        }
        let value = parameters["Value"]?.integer ?? max(prefix, (options.map(\.value).max() ?? 0) + 1)
        if options.contains(where: { $0.value == value }) {
            throw WebError(400, "0x80048404", "The option value \(value) is used more than once.")
        }
        options.append(ChoiceOption(value, MetadataLabel.text(parameters["Label"]) ?? "\(value)"))
        return value
    }
}

extension String {
    /// The texts between two marks, in order.
    func components(between open: String, and close: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let start = rest.firstRange(of: open) {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: close) else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}

extension ColumnDefinition {
    /// What a new row gets where a customer's column has a default.
    var defaultValue: CellValue {
        switch kind {
        case .boolean: facets["DefaultValue"]?.bool.map { .bool($0) } ?? (customID == nil ? .null : .bool(false))
        case .choice: facets["DefaultFormValue"]?.integer.flatMap { $0 < 0 ? nil : .integer($0) } ?? .null
        default: .null
        }
    }
}
