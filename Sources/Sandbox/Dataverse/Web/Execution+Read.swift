extension Execution {
    func reader(_ caller: Guid) -> QueryOptionsReader {
        QueryOptionsReader(schema: schema, now: now, caller: caller)
    }

    /// `GET {set}`: a page of rows.
    func query(_ table: TableDefinition, _ operation: Operation, _ caller: Guid) throws(WebError) -> OperationResult {
        try rules.roles.require(Privilege(.read, table.privilege), of: caller, table: table)
        let preferences = Preferences(operation.headers.prefer)
        let options = try reader(caller).read(URLText.pairs(operation.query), table: table)
        let evaluation = FilterEvaluation(store: store)
        var rows = matching(options, store[table.index], evaluation)
        let total = rows.count
        if preferences.maxPageSize == nil, let top = options.top { rows = Array(rows.prefix(top)) }
        return try page(rows, total: total, of: table, table.setName, options, preferences, operation, caller)
    }

    func matching(_ options: QueryOptions, _ table: TableStore, _ evaluation: FilterEvaluation) -> [StoredRow] {
        var rows: [StoredRow] = []
        if let filter = options.filter {
            if let slots = evaluation.candidates(filter, in: table) {
                for slot in slots.sorted() {
                    if let row = table.row(at: slot), evaluation.matches(filter, row, in: table) { rows.append(row) }
                }
            } else {
                for case let row? in table.rows where evaluation.matches(filter, row, in: table) { rows.append(row) }
            }
        } else {
            rows = table.rows.compactMap { $0 }
        }
        return RowOrder(options.order, evaluation: evaluation, table: table).sorted(rows)
    }

    /// One page of rows that are in order already, with the links around it.
    func page(
        _ rows: [StoredRow], total: Int, of table: TableDefinition, _ resourceName: String, _ options: QueryOptions,
        _ preferences: Preferences, _ operation: Operation, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        let size = preferences.maxPageSize ?? 5000
        var start = 0
        var number = 1
        if let token = options.skipToken {
            guard let cookie = PagingCookie(token) else { throw .url("Malformed XML in $skiptoken.") }
            number = cookie.page
            start = rows.firstIndex { $0.id == cookie.last }.map { $0 + 1 } ?? min((number - 1) * size, rows.count)
        }
        let part = rows[start..<min(start + size, rows.count)]
        var writer = JSONWriter(capacity: 256 + part.count * 512)
        writer.beginObject()
        writer.member("@odata.context", context(resourceName, table, options))
        if options.count { writer.member("@odata.count", min(total, 5000)) }
        if preferences.shows(annotation: "Microsoft.Dynamics.CRM.totalrecordcount") {
            writer.member("@Microsoft.Dynamics.CRM.totalrecordcount", options.count ? min(total, 5000) : -1)
            writer.member("@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded", options.count && total > 5000)
        }
        if preferences.shows(annotation: "Microsoft.Dynamics.CRM.globalmetadataversion") {
            writer.member("@Microsoft.Dynamics.CRM.globalmetadataversion", "1")
        }
        writer.name("value")
        writer.beginArray()
        let rowWriter = RowWriter(store: store, preferences: preferences, reader: reader(caller))
        for row in part { try rowWriter.write(row, of: table, options: options, to: &writer) }
        writer.endArray()
        if start + size < rows.count, let first = part.first, let last = part.last {
            let token = PagingCookie(page: number + 1, first: first.id, last: last.id).token(key: table.keyName)
            writer.member("@odata.nextLink", "\(serviceRoot)\(resourceName)?\(repeated(options))$skiptoken=\(token)")
        }
        writer.endObject()
        var result = OperationResult(200)
        result.cost.rows = part.count
        result.contentType = OperationResult.jsonStream
        result.preferenceApplied = preferences.applied(representation: false, page: true, annotations: true)
        result.body = writer.bytes
        return result
    }

    private func repeated(_ options: QueryOptions) -> String {
        var text = ""
        for (name, value) in options.raw where name != "$skiptoken" {
            text += "\(URLText.encode(name, keeping: "$@"))=\(URLText.encode(value, keeping: "$,()'/:=;"))&"
        }
        return text
    }

    func context(_ resourceName: String, _ table: TableDefinition, _ options: QueryOptions, entity: Bool = false) -> String {
        var names = options.select?.map { table.columns[$0].propertyName } ?? []
        names += options.expand.map { "\($0.name)()" }
        let list = names.isEmpty ? "" : "(\(names.joined(separator: ",")))"
        return "\(serviceRoot)$metadata#\(resourceName)\(list)\(entity ? "/$entity" : "")"
    }

    /// `GET {set}/$count`
    func count(_ table: TableDefinition, _ operation: Operation, _ caller: Guid) throws(WebError) -> OperationResult {
        guard operation.method == "GET" else { throw .method(operation.method) }
        try rules.roles.require(Privilege(.read, table.privilege), of: caller, table: table)
        let options = try reader(caller).read(URLText.pairs(operation.query), table: table)
        let rows = matching(options, store[table.index], FilterEvaluation(store: store))
        var result = OperationResult(200)
        result.contentType = "text/plain"
        result.body = Array("\u{FEFF}\(min(rows.count, 5000))".utf8)
        return result
    }

    /// `GET {set}({key})`
    func retrieve(_ table: TableDefinition, _ key: RowKey, _ operation: Operation, _ caller: Guid) throws(WebError)
        -> OperationResult
    {
        try rules.roles.require(Privilege(.read, table.privilege), of: caller, table: table)
        let row = try existing(key, in: table)
        let preferences = Preferences(operation.headers.prefer)
        let options = try reader(caller).read(URLText.pairs(operation.query), table: table)
        let etag = "W/\"\(row.version)\""
        if let condition = operation.headers.ifMatch, condition != "*", condition != etag { throw .versionMismatch }
        if let condition = operation.headers.ifNoneMatch, condition == etag, options.expand.isEmpty,
            preferences.annotations == nil
        {
            var result = OperationResult(304)
            result.etag = etag
            return result
        }
        var result = try representation(row, of: table, options, preferences, caller)
        result.preferenceApplied = preferences.applied(representation: false, page: false, annotations: true)
        return result
    }

    /// The row a key names, or 404.
    func existing(_ key: RowKey, in table: TableDefinition) throws(WebError) -> StoredRow {
        guard let id = try RowFinder(store: store).find(key, in: table) else {
            throw WebError(
                404, "0x80060891", "A record with the specified key values does not exist in \(table.logicalName) entity")
        }
        guard let row = store[table.index].row(id) else { throw .missing(table, id) }
        return row
    }

    /// A row as a whole answer.
    func representation(
        _ row: StoredRow, of table: TableDefinition, _ options: QueryOptions, _ preferences: Preferences, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("@odata.context", context(table.setName, table, options, entity: true))
        try RowWriter(store: store, preferences: preferences, reader: reader(caller))
            .writeMembers(row, of: table, options: options, to: &writer)
        writer.endObject()
        var result = OperationResult(200)
        result.cost.rows = 1
        result.etag = "W/\"\(row.version)\""
        result.contentType = OperationResult.json
        result.body = writer.bytes
        return result
    }

    /// `GET {set}({key})/{navigation}`
    func navigation(
        _ table: TableDefinition, _ key: RowKey, _ name: String, _ operation: Operation, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        guard operation.method == "GET" else { throw .method(operation.method) }
        let row = try existing(key, in: table)
        let preferences = Preferences(operation.headers.prefer)
        let pairs = URLText.pairs(operation.query)
        if let collection = table.collectionNavigations[name] {
            let child = schema[collection.table]
            let options = try reader(caller).read(pairs, table: child)
            let evaluation = FilterEvaluation(store: store)
            let rows = evaluation.children(collection, of: row).filter { row in
                options.filter.map { evaluation.matches($0, row, in: store[collection.table]) } ?? true
            }
            let sorted = RowOrder(options.order, evaluation: evaluation, table: store[collection.table]).sorted(rows)
            return try page(
                Array(sorted.prefix(options.top ?? sorted.count)), total: sorted.count, of: child, child.setName, options,
                preferences,
                operation, caller)
        }
        guard let single = table.singleNavigations[name] else { throw .unknownPath }
        guard let reference = row[single.column].reference, single.target.map({ $0 == reference.table }) ?? true,
            let target = store.row(reference)
        else { return OperationResult(204) }
        let definition = schema[reference.table]
        let options = try reader(caller).read(pairs, table: definition)
        return try representation(target, of: definition, options, preferences, caller)
    }
}
