extension Execution {
    /// `POST {set}`
    func create(_ table: TableDefinition, _ operation: Operation, _ context: WriteContext) throws(WebError) -> OperationResult {
        var context = context
        if table.logicalName == "activityparty" {
            throw WebError(400, "0x80040800", "The 'Create' method does not support entities of type 'activityparty'.")
        }
        let id = try store.transaction { () throws(WebError) in
            let payload = try PayloadReader(context: context, table: table).read(operation.body)
            return try context.create(payload, in: table, id: payload.id)
        }
        return try written(id, of: table, created: true, entityID: url(of: table, id), operation, context)
    }

    /// `PATCH {set}({key})`: creates or updates, as the conditions allow.
    func upsert(
        _ table: TableDefinition, _ key: RowKey, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let found = try RowFinder(store: store).find(key, in: table)
        let row = found.flatMap { store[table.index].row($0) }
        if table.logicalName == "activityparty" {
            throw WebError(400, "0x80040800", "The 'Update' method does not support entities of type 'activityparty'.")
        }
        try check(operation.headers, row, table, key)
        let entityID: String
        if case .alternate(_, let text) = key {
            entityID = "\(serviceRoot)\(table.setName)(\(text))"
        } else {
            entityID = "\(serviceRoot)\(table.setName)(\(found?.description ?? ""))"
        }
        if let row {
            try store.transaction { () throws(WebError) in
                let payload = try PayloadReader(context: context, table: table).read(operation.body)
                try context.update(row.id, withoutKeys(payload, key), in: table)
            }
            return try written(row.id, of: table, created: false, entityID: entityID, operation, context)
        }
        let id = try store.transaction { () throws(WebError) in
            var payload = try PayloadReader(context: context, table: table).read(operation.body)
            payload = try withKeys(payload, key, table)
            return try context.create(payload, in: table, id: payload.id ?? found)
        }
        return try written(id, of: table, created: true, entityID: entityID, operation, context)
    }

    func withoutKeys(_ payload: Payload, _ key: RowKey) -> Payload {
        guard case .alternate(let values, _) = key else { return payload }
        var payload = payload
        let columns = Set(values.map(\.column))
        payload.values.removeAll { columns.contains($0.column) }
        return payload
    }

    /// A new row gets the values of the key it was named by, unless the body says otherwise.
    func withKeys(_ payload: Payload, _ key: RowKey, _ table: TableDefinition) throws(WebError) -> Payload {
        guard case .alternate(let values, _) = key else { return payload }
        var payload = payload
        for (column, literal) in values where payload[column] == nil {
            payload.values.append((column, try cell(literal, table.columns[column])))
        }
        return payload
    }

    /// A literal as stored: text keeps its case.
    private func cell(_ literal: FilterLiteral, _ column: ColumnDefinition) throws(WebError) -> CellValue {
        if case .string(let text) = literal { return .text(text) }
        let value = try literal.coerced(to: column.kind, comparison: .equal)
        guard case .lookup(let targets) = column.kind, let id = value.guid else { return value }
        for target in targets {
            if let table = schema.byLogicalName[target], store[table.index].slot(id) != nil {
                return .lookup(Reference(table: table.index, id: id))
            }
        }
        throw .argument("The row the lookup '\(column.name)' names does not exist.")
    }

    /// `If-Match` and `If-None-Match` of a write.
    private func check(
        _ headers: OperationHeaders, _ row: StoredRow?, _ table: TableDefinition, _ key: RowKey
    ) throws(WebError) {
        if let condition = headers.ifNoneMatch, let row {
            if condition == "*" { throw .alreadyExists }
            if matches(condition, row) { throw .versionMismatch }
        }
        guard let condition = headers.ifMatch else { return }
        guard let row else {
            if case .id(let id) = key { throw .missing(table, id) }
            throw WebError(
                404, "0x80060891", "A record with the specified key values does not exist in \(table.logicalName) entity")
        }
        if condition != "*", !matches(condition, row) { throw .versionMismatch }
    }

    /// An ETag, weak or not, with or without quotes.
    private func matches(_ condition: String, _ row: StoredRow) -> Bool {
        condition.filter { $0.isNumber } == String(row.version)
    }

    /// The answer to a write that stands.
    private func written(
        _ id: Guid, of table: TableDefinition, created: Bool, entityID: String, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var cost = OperationCost(kind: created ? .create : .update)
        cost.written = context.written
        cost.entity = Reference(table: table.index, id: id)
        if operation.headers.prefer.isEmpty {
            var result = OperationResult(204, cost: cost)
            result.entityID = entityID
            return result
        }
        let preferences = Preferences(operation.headers.prefer)
        guard preferences.returnsRepresentation, let row = store[table.index].row(id) else {
            var result = OperationResult(204, cost: cost)
            result.entityID = entityID
            return result
        }
        var options = try reader(context.caller).read(URLText.pairs(operation.query), table: table)
        if !created { options.expand = [] }
        var result = try representation(row, of: table, options, preferences, context.caller)
        result.status = created ? 201 : 200
        result.cost = cost
        result.preferenceApplied = preferences.applied(representation: true, page: false, annotations: true)
        return result
    }

    /// `DELETE {set}({key})`
    func delete(
        _ table: TableDefinition, _ key: RowKey, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let row = try existing(key, in: table)
        try check(operation.headers, row, table, key)
        try store.transaction { () throws(WebError) in try context.delete(row.id, from: table) }
        var cost = OperationCost(kind: .delete)
        cost.written = context.written
        return OperationResult(204, cost: cost)
    }

    /// `GET|PUT|DELETE {set}({key})/{column}`
    func property(
        _ table: TableDefinition, _ key: RowKey, _ column: Int, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let row = try existing(key, in: table)
        let definition = table.columns[column]
        switch operation.method {
        case "GET":
            let value = table.value(column, of: row)
            if value.isNull { return OperationResult(204) }
            var writer = JSONWriter()
            let options = QueryOptions()
            writer.beginObject()
            writer.member(
                "@odata.context", "\(serviceRoot)$metadata#\(table.setName)(\(row.id))/\(definition.propertyName)")
            var single = options
            single.select = [column]
            var inner = JSONWriter()
            try RowWriter(store: store, preferences: Preferences(), reader: reader(context.caller))
                .write(row, of: table, options: single, to: &inner)
            if let parsed = try? JSON(parsing: inner.bytes)[definition.propertyName] { writer.member("value", parsed) }
            writer.endObject()
            var result = OperationResult(200)
            result.contentType = OperationResult.json
            result.body = writer.bytes
            return result
        case "PUT", "DELETE":
            var payload = Payload()
            if operation.method == "PUT" {
                guard let json = try? JSON(parsing: operation.body), let value = json["value"] else {
                    throw .payload(table, "A value was expected.")
                }
                payload.values = [(column, try CellReader(table: table, column: definition).value(value))]
            } else {
                payload.values = [(column, .null)]
            }
            try store.transaction { () throws(WebError) in try context.update(row.id, payload, in: table) }
            var cost = OperationCost(kind: .update)
            cost.written = context.written
            return OperationResult(204, cost: cost)
        default:
            throw .method(operation.method)
        }
    }

    /// `PUT|POST|DELETE {set}({key})/{navigation}/$ref`
    func link(
        _ table: TableDefinition, _ key: RowKey, _ name: String, _ other: RowKey?, _ operation: Operation, _ context: WriteContext
    ) throws(WebError) -> OperationResult {
        var context = context
        let row = try existing(key, in: table)
        var target: Reference?
        if operation.method != "DELETE" {
            guard let json = try? JSON(parsing: operation.body), let url = json["@odata.id"]?.string else {
                throw .payload(table, "'@odata.id' was expected.")
            }
            let bound = try BindReader(context: context).reference(url)
            guard store.row(bound) != nil else { throw .missing(schema[bound.table], bound.id) }
            target = bound
        }
        try store.transaction { () throws(WebError) in
            if let single = table.singleNavigations[name] {
                var payload = Payload()
                payload.values = [(single.column, target.map { .lookup($0) } ?? .null)]
                try context.update(row.id, payload, in: table)
            } else if let collection = table.collectionNavigations[name] {
                let child = schema[collection.table]
                var payload = Payload()
                let childID: Guid?
                if let other { childID = try RowFinder(store: store).find(other, in: child) } else { childID = target?.id }
                guard let childID else { throw .unknownPath }
                let value: CellValue = operation.method == "DELETE" ? .null : .lookup(Reference(table: table.index, id: row.id))
                payload.values = [(collection.column, value)]
                try context.update(childID, payload, in: child)
            }
        }
        var cost = OperationCost(kind: .update)
        cost.written = context.written
        return OperationResult(204, cost: cost)
    }
}
