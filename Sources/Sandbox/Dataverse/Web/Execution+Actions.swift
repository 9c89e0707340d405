extension Execution {
    /// Messages bound to a table or to a row of it.
    func boundAction(
        _ table: TableDefinition, _ key: RowKey?, _ action: String, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        throw WebError(
            404, "0x80060888",
            "Resource not found for the segment 'Microsoft.Dynamics.CRM.\(action)'.")
    }

    /// Messages of the service.
    func unboundAction(_ name: String, _ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        throw WebError(404, "0x80060888", "Resource not found for the segment '\(name)'.")
    }
}
