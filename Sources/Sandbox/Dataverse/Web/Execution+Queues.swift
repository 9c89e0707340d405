/// The messages of queues and their items.
enum QueueAction: String {
    case add = "AddToQueue"
    case pick = "PickFromQueue"
    case release = "ReleaseToQueue"
    case remove = "RemoveFromQueue"

    /// The table it is bound to.
    var table: String { self == .add ? "queue" : "queueitem" }
}

extension Execution {
    func perform(
        _ action: QueueAction, on row: StoredRow, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let parameters = try ActionParameters(action.rawValue, operation.body, context)
        let item = try store.transaction { () throws(WebError) -> Guid? in
            switch action {
            case .add: return try add(to: row, parameters, &context)
            case .pick: try pick(row, parameters, &context)
            case .release: try context.setWorker(of: row, to: nil)
            case .remove: try context.delete(row.id, from: schema.byLogicalName["queueitem"]!)
            }
            return nil
        }
        var cost = OperationCost(kind: .update)
        cost.written = context.written
        return answer(
            of: action.rawValue, item.map { [.init(name: "QueueItemId", value: .string($0.description))] } ?? [], cost: cost)
    }

    private func add(to queue: StoredRow, _ parameters: ActionParameters, _ context: inout WriteContext) throws(WebError) -> Guid
    {
        let target = try parameters.row("Target")
        let source = try parameters.optionalRow("SourceQueue")
        var properties = Payload()
        if case .object(let object) = parameters["QueueItemProperties"], let items = schema.byLogicalName["queueitem"] {
            properties = try PayloadReader(context: context, table: items).read(object)
        }
        return try context.enqueue(target, in: queue.id, from: source?.id, properties)
    }

    private func pick(_ item: StoredRow, _ parameters: ActionParameters, _ context: inout WriteContext) throws(WebError) {
        let user = try parameters.row("SystemUser")
        guard user.table == store.systemUsers else { throw .argument("'SystemUser' must name a user.") }
        guard case .bool(let removes) = try parameters.required("RemoveQueueItem") else {
            throw .argument("A boolean was expected for 'RemoveQueueItem'.")
        }
        if removes {
            try context.delete(item.id, from: schema.byLogicalName["queueitem"]!)
        } else {
            try context.setWorker(of: item, to: user)
        }
    }

    /// `RouteTo`: moves an item to a queue, or to the queue of a user or a team.
    func route(_ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        var context = context
        let parameters = try ActionParameters("RouteTo", operation.body, context)
        let target = try parameters.row("Target")
        let item = try parameters.row("QueueItem")
        guard schema[item.table].logicalName == "queueitem", let row = store.row(item) else {
            throw .argument("'QueueItem' must name a queue item.")
        }
        try store.transaction { () throws(WebError) in
            let queue = try context.queue(of: target)
            if row[schema[item.table].column("queueid")!].guid == queue {
                throw WebError(400, "0x8004051b", "The item is in this queue already: source and destination queue are the same.")
            }
            try context.move(row, to: queue)
        }
        var cost = OperationCost(kind: .update)
        cost.written = context.written
        return answer(of: "RouteTo", cost: cost)
    }
}
