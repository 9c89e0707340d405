extension Execution {
    /// `Merge`
    func merge(_ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        var context = context
        let parameters = try ActionParameters("Merge", operation.body, context)
        let winner = try parameters.row("Target")
        let loser = try parameters.row("Subordinate")
        guard case .bool = try parameters.required("PerformParentingChecks") else {
            throw .argument("A boolean was expected for 'PerformParentingChecks'.")
        }
        var content = Payload()
        if case .object(let object) = parameters["UpdateContent"] {
            content = try PayloadReader(context: context, table: schema[winner.table]).read(object)
        }
        try store.transaction { () throws(WebError) in try context.merge(loser, into: winner, content) }
        var cost = OperationCost(kind: .update)
        cost.written = context.written
        return answer(of: "Merge", cost: cost)
    }
}
