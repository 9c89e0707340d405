extension Execution {
    /// Messages bound to a table or to a row of it.
    func boundAction(
        _ table: TableDefinition, _ key: RowKey?, _ action: String, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        if let key, let queue = QueueAction(rawValue: action), queue.table == table.logicalName {
            guard operation.method == "POST" else { throw .method(operation.method) }
            return try perform(queue, on: try existing(key, in: table), operation, context)
        }
        if key == nil, let message = BulkMessage(rawValue: action) {
            return try perform(message, on: table, operation, context)
        }
        if key == nil, action == "RetrieveUnpublishedMultiple", TableDefinition.drafted[table.logicalName] != nil {
            return try unpublished(table, operation, context.caller)
        }
        throw .unknownAction("Microsoft.Dynamics.CRM.\(action)")
    }

    /// Functions of the service; parameters stand in the URL, or behind an alias in its query.
    func function(_ name: String, _ arguments: String, _ operation: Operation) throws(WebError) -> OperationResult {
        switch name {
        case "RetrieveMetadataChanges": return try metadataChanges(FunctionArguments(arguments, operation.query), operation)
        default: throw .unknownAction(name)
        }
    }

    /// Messages of the service.
    func unboundAction(_ name: String, _ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        guard operation.method == "POST" else { throw .unknownAction(name) }
        switch name {
        case "Merge": return try merge(operation, context)
        case "RouteTo": return try route(operation, context)
        case _ where Execution.customizationActions.contains(name): return try customize(name, operation, context)
        default: throw .unknownAction(name)
        }
    }

    /// The answer of an action: 204, or 200 with the members of its response type.
    func answer(of action: String, _ members: [JSONObject.Member] = [], cost: OperationCost) -> OperationResult {
        guard !members.isEmpty else { return OperationResult(204, cost: cost) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("@odata.context", "\(serviceRoot)$metadata#Microsoft.Dynamics.CRM.\(action)Response")
        for member in members { writer.member(member.name, member.value) }
        writer.endObject()
        var result = OperationResult(200, cost: cost)
        result.contentType = OperationResult.json
        result.body = writer.bytes
        return result
    }
}

extension WebError {
    static func unknownAction(_ name: String) -> WebError {
        WebError(404, "0x80060888", "Resource not found for the segment '\(name)'.")
    }
}
