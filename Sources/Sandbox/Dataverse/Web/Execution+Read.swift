extension Execution {
    func reader(_ caller: Guid) -> QueryOptionsReader {
        QueryOptionsReader(schema: schema, now: now, caller: caller)
    }

    /// `GET {set}`: a page of rows.
    func query(_ table: TableDefinition, _ operation: Operation, _ caller: Guid) throws(WebError) -> OperationResult {
        try rules.roles.require(Privilege(.read, on: table), of: caller, table: table)
        let preferences = Preferences(operation.headers.prefer)
        let pairs = URLText.pairs(operation.query)
        if preferences.tracksChanges || pairs.contains(where: { $0.name == "$deltatoken" }) {
            return try changes(of: table, pairs, preferences, caller)
        }
        let options = try reader(caller).read(pairs, table: table)
        let page = try PageReader(store: store, table: store[table.index]).page(options, preferences)
        return try write(page, of: table, table.setName, options, preferences, caller)
    }

    /// One page of rows with the links around it.
    func write(
        _ page: Page, of table: TableDefinition, _ resourceName: String, _ options: QueryOptions,
        _ preferences: Preferences, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        var writer = JSONWriter(capacity: 256 + page.rows.count * 512)
        writer.beginObject()
        writer.member("@odata.context", context(resourceName, table, options))
        if options.count { writer.member("@odata.count", min(page.total, 5000)) }
        if preferences.shows(annotation: "Microsoft.Dynamics.CRM.totalrecordcount") {
            writer.member("@Microsoft.Dynamics.CRM.totalrecordcount", options.count ? min(page.total, 5000) : -1)
            writer.member("@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded", options.count && page.total > 5000)
        }
        if preferences.shows(annotation: "Microsoft.Dynamics.CRM.globalmetadataversion") {
            writer.member("@Microsoft.Dynamics.CRM.globalmetadataversion", "1")
        }
        writer.name("value")
        writer.beginArray()
        let rowWriter = RowWriter(store: store, preferences: preferences, reader: reader(caller))
        for row in page.rows { try rowWriter.write(row, of: table, options: options, to: &writer) }
        writer.endArray()
        if let cookie = page.next {
            writer.member("@odata.nextLink", link(resourceName, options, "$skiptoken=\(cookie.token(key: table.keyName))"))
        }
        writer.endObject()
        return answer(writer.bytes, rows: page.rows.count, preferences)
    }

    func answer(_ body: [UInt8], rows: Int, _ preferences: Preferences) -> OperationResult {
        var result = OperationResult(200)
        result.cost.rows = rows
        result.contentType = OperationResult.jsonStream
        result.preferenceApplied = preferences.applied(representation: false, page: true, annotations: true)
        result.body = body
        return result
    }

    /// An absolute link that repeats the options of a query and adds a token.
    func link(_ resourceName: String, _ options: QueryOptions, _ token: String, without dropped: Set<String> = []) -> String {
        "\(serviceRoot)\(resourceName)?\(repeated(options, without: dropped))\(token)"
    }

    private func repeated(_ options: QueryOptions, without dropped: Set<String>) -> String {
        var text = ""
        for (name, value) in options.raw where name != "$skiptoken" && !dropped.contains(name) {
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
        try rules.roles.require(Privilege(.read, on: table), of: caller, table: table)
        let options = try reader(caller).read(URLText.pairs(operation.query), table: table)
        let count: Int
        if let token = options.deltaToken {
            count = try changeCount(of: table, since: token)
        } else {
            count = PageReader(store: store, table: store[table.index]).count(options)
        }
        var result = OperationResult(200)
        result.contentType = "text/plain"
        result.body = Array("\u{FEFF}\(min(count, 5000))".utf8)
        return result
    }

    /// `GET {set}({key})`
    func retrieve(_ table: TableDefinition, _ key: RowKey, _ operation: Operation, _ caller: Guid) throws(WebError)
        -> OperationResult
    {
        try rules.roles.require(Privilege(.read, on: table), of: caller, table: table)
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
            let page = try PageReader(store: store, table: store[collection.table]).page(sorted, options, preferences)
            return try write(page, of: child, child.setName, options, preferences, caller)
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
