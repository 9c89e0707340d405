/// The roles of users: the one many-to-many relation that is simulated.
enum Association {
    static let name = "systemuserroles_association"
}

extension Execution {
    /// `POST systemusers({key})/systemuserroles_association/$ref`, `DELETE …/systemuserroles_association({role})/$ref`
    func associate(
        _ table: TableDefinition, _ key: RowKey, _ role: RowKey?, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let user = try existing(key, in: table).id
        guard let roles = schema.byLogicalName["role"] else { throw .unknownPath }
        switch operation.method {
        case "POST":
            guard let json = try? JSON(parsing: operation.body), let url = json["@odata.id"]?.string else {
                throw .payload(table, "'@odata.id' was expected.")
            }
            let bound = try BindReader(context: context).reference(url)
            guard bound.table == roles.index, store.row(bound) != nil else { throw .missing(schema[bound.table], bound.id) }
            try store.transaction { () throws(WebError) in try context.join(user, to: bound.id) }
        case "DELETE":
            guard let role, let id = try RowFinder(store: store).find(role, in: roles) else { throw .unknownPath }
            try store.transaction { () throws(WebError) in try context.part(user, from: id) }
        default: throw .method(operation.method)
        }
        return OperationResult(204, cost: OperationCost(kind: .update))
    }
}

extension WriteContext {
    /// Gives a user a role; one that he has already is no error.
    mutating func join(_ user: Guid, to role: Guid) throws(WebError) {
        try change(user, role) { table, held in
            guard held == nil else { return false }
            var values = [CellValue](repeating: .null, count: table.columns.count)
            values[table.column("systemuserid")] = .guid(user)
            values[table.column("roleid")] = .guid(role)
            store.insert(store.random.guid(), values, into: table.index)
            return true
        } message: {
            .associate
        }
    }

    mutating func part(_ user: Guid, from role: Guid) throws(WebError) {
        try change(user, role) { table, held in
            guard let held else { return false }
            store.remove(held, from: table.index)
            return true
        } message: {
            .disassociate
        }
    }

    private func change(
        _ user: Guid, _ role: Guid, _ body: (TableDefinition, Guid?) -> Bool, message: () -> WriteEvent.Message
    ) throws(WebError) {
        guard let users = schema.byLogicalName["systemuser"], let roles = schema.byLogicalName["role"],
            let joined = store.table("systemuserroles")
        else { throw .unknownPath }
        let table = joined.definition
        let (userColumn, roleColumn): (Int?, Int?) = (table.column("systemuserid"), table.column("roleid"))
        guard let userColumn, let roleColumn else { throw .unknownPath }
        let held = joined.rows.first { $0[userColumn] == .guid(user) && $0[roleColumn] == .guid(role) }?.id
        guard body(table, held) else { return }
        tell(
            message(), Reference(table: users.index, id: user),
            WriteEvent.Relation(name: Association.name, other: Reference(table: roles.index, id: role)))
    }
}
