// Change tracking: `Prefer: odata.track-changes` and delta links.
extension Execution {
    private static let refused = ["$filter", "$orderby", "$expand", "$top"]

    func changes(
        of table: TableDefinition, _ pairs: [(name: String, value: String)], _ preferences: Preferences, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        guard table.tracksChanges else {
            throw WebError(400, "0x80072491", "Entity \(table.logicalName) isn't enabled for change tracking.")
        }
        if let option = pairs.first(where: { Execution.refused.contains($0.name) }) {
            throw .url("The \"\(option.name)\" query parameter isn't supported when Change Tracking is enabled.")
        }
        let options = try reader(caller).read(pairs, table: table)
        var cookie: PagingCookie?
        if let token = options.skipToken {
            guard let read = PagingCookie(token) else { throw .url("Malformed XML in $skiptoken.") }
            cookie = read
        }
        let reader = ChangeReader(store: store, table: store[table.index])
        let size = preferences.maxPageSize ?? 5000
        guard let token = options.deltaToken else {
            return try write(reader.everything(cookie, size: size), of: table, options, preferences, caller)
        }
        let since = try valid(token, table)
        return try write(reader.changes(since: since.version, cookie, size: size), of: table, options, preferences, caller)
    }

    func changeCount(of table: TableDefinition, since token: String) throws(WebError) -> Int {
        let version = try valid(token, table).version
        return ChangeReader(store: store, table: store[table.index]).count(since: version)
    }

    private func valid(_ text: String, _ table: TableDefinition) throws(WebError) -> DeltaToken {
        guard let token = DeltaToken(text) else { throw .url("The delta token '\(text)' is not valid.") }
        guard token.version >= table.tokensFrom, now - token.time <= trackingDays * 86400 else {
            throw .expiredStamp
        }
        return token
    }

    /// How long a token lives: a setting of the organization.
    private var trackingDays: Int64 {
        guard let table = store.table("organization"), let column = table.definition.column("expirechangetrackingindays"),
            let row = table.rows.first(where: { _ in true })
        else { return 7 }
        return row[column].integer ?? 7
    }

    private func write(
        _ page: ChangePage, of table: TableDefinition, _ options: QueryOptions, _ preferences: Preferences, _ caller: Guid
    ) throws(WebError) -> OperationResult {
        var writer = JSONWriter(capacity: 256 + page.rows.count * 512)
        writer.beginObject()
        let delta = options.deltaToken == nil ? "" : "/$delta"
        writer.member("@odata.context", context(table.setName, table, options) + delta)
        if let cookie = page.next {
            writer.member("@odata.nextLink", link(table.setName, options, "$skiptoken=\(cookie.token(key: table.keyName))"))
        } else {
            let token = URLText.encode(DeltaToken(version: page.version, time: now).text)
            writer.member("@odata.deltaLink", link(table.setName, options, "$deltatoken=\(token)", without: ["$deltatoken"]))
        }
        writer.name("value")
        writer.beginArray()
        let rowWriter = RowWriter(store: store, preferences: preferences, reader: reader(caller))
        for row in page.rows { try rowWriter.write(row, of: table, options: options, to: &writer) }
        for id in page.deleted {
            writer.beginObject()
            writer.member("@odata.context", "\(serviceRoot)$metadata#\(table.setName)/$deletedEntity")
            writer.member("id", id.description)
            writer.member("reason", "deleted")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return answer(writer.bytes, rows: page.rows.count + page.deleted.count, preferences)
    }
}

extension WebError {
    static let expiredStamp = WebError(
        400, "0x80044352", "Version stamp associated with the client has expired. Please perform a full sync.")
}
