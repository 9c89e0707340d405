/// Runs operations of one request against the store. Lives inside the environment's lock.
struct Execution {
    let store: Store
    let rules: WriteRules
    /// Absolute, with a trailing slash.
    let serviceRoot: String
    let organization: String
    /// The signed-in user.
    let user: Guid
    let now: Int64
    /// In the clock's elapsed seconds.
    let elapsed: Double
    /// How long a customisation takes, and how long it stays unseen by cached reads.
    let customizationTime: Double
    let metadataAge: Double
    var contentIDs: [String: Reference] = [:]

    var schema: Schema { store.schema }

    /// Runs one operation as a transaction of its own; refusals come back as answers.
    mutating func run(_ operation: Operation) -> OperationResult {
        do throws(WebError) {
            return try perform(operation)
        } catch {
            return OperationResult(error)
        }
    }

    /// Runs one operation; a refusal undoes it.
    mutating func perform(_ operation: Operation) throws(WebError) -> OperationResult {
        let caller = try effectiveCaller(operation.headers)
        let resource = try resource(of: operation)
        let context = WriteContext(
            store: store, rules: rules, caller: caller, actor: caller == user ? nil : user, now: now, contentIDs: contentIDs)
        if resource.table?.isVirtual == true {
            throw WebError(501, "0x80060888", "Rows of virtual tables are read one request at a time, and never written.")
        }
        switch resource {
        case .whoAmI:
            guard operation.method == "GET" else { throw .method(operation.method) }
            return whoAmI(caller)
        case .serviceDocument:
            return serviceDocument()
        case .metadata:
            return MetadataDocument(schema: schema).result()
        case .definitions(let segments):
            return try definitions(segments, operation, context)
        case .batch:
            throw .unknownPath
        case .set(let table):
            switch operation.method {
            case "GET": return try query(table, operation, caller)
            case "POST": return try create(table, operation, context)
            default: throw .method(operation.method)
            }
        case .count(let table):
            return try count(table, operation, caller)
        case .row(let table, let key):
            switch operation.method {
            case "GET": return try retrieve(table, key, operation, caller)
            case "PATCH": return try upsert(table, key, operation, context)
            case "DELETE": return try delete(table, key, operation, context)
            default: throw .method(operation.method)
            }
        case .property(let table, let key, let column):
            return try property(table, key, column, operation, context)
        case .navigation(let table, let key, let name):
            return try navigation(table, key, name, operation, caller)
        case .link(let table, let key, let name, let other):
            return try link(table, key, name, other, operation, context)
        case .association(let table, let key, let role):
            return try associate(table, key, role, operation, context)
        case .boundAction(let table, let key, let action):
            return try boundAction(table, key, action, operation, context)
        case .boundFunction(let table, let key, let function, let arguments):
            return try boundFunction(table, key, function, arguments, operation)
        case .function(let name, let arguments):
            if operation.method == "GET" { return try function(name, arguments, operation) }
            return try unboundAction(name, operation, context)
        }
    }

    /// The resource of an operation; `$1` stands for the row of that Content-ID.
    private func resource(of operation: Operation) throws(WebError) -> Resource {
        var path = operation.path[...]
        while path.first == "/" { path = path.dropFirst() }
        guard path.first == "$", let second = path.dropFirst().first,
            second.isNumber || !path.hasPrefix("$batch") && !path.hasPrefix("$metadata")
        else { return try ResourceReader(schema: schema).read(path) }
        let end = path.firstIndex(of: "/") ?? path.endIndex
        let name = String(path[path.index(after: path.startIndex)..<end])
        guard let reference = contentIDs[name] else { throw .contentID(name) }
        let row = "\(schema[reference.table].setName)(\(reference.id))"
        return try ResourceReader(schema: schema).read(row + path[end...])
    }

    /// The user whose rights count: the signed-in one or the one it acts for.
    private func effectiveCaller(_ headers: OperationHeaders) throws(WebError) -> Guid {
        guard headers.callerObjectID != nil || headers.callerID != nil else { return user }
        if rules.roles.missing.contains(Privilege.actOnBehalf.name) {
            throw WebError(
                403, "0x8004a110",
                "User (Id=\(user)) is missing prvActOnBehalfOfAnotherUser privilege and cannot act on behalf of another user.")
        }
        guard let users = store.table("systemuser") else { return user }
        if let objectID = headers.callerObjectID.flatMap({ Guid($0) }),
            let column = users.definition.column("azureactivedirectoryobjectid"),
            let row = users.rows.first(where: { $0[column].guid == objectID })
        {
            return row.id
        }
        if let id = headers.callerID.flatMap({ Guid($0) }), users.slot(id) != nil { return id }
        throw WebError(403, "0x80072560", "The user is not a member of the organization.")
    }

    private func whoAmI(_ caller: Guid) -> OperationResult {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("@odata.context", "\(serviceRoot)$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse")
        let unit = schema.byLogicalName["systemuser"]?.column("businessunitid")
        let businessUnit = unit.flatMap { store.table("systemuser")?.row(caller)?[$0].guid } ?? store.rootBusinessUnit.guid
        writer.member("BusinessUnitId", businessUnit?.description ?? "")
        writer.member("UserId", caller.description)
        writer.member("OrganizationId", organization)
        writer.endObject()
        var result = OperationResult(200)
        result.contentType = OperationResult.json
        result.body = writer.bytes
        return result
    }

    private func serviceDocument() -> OperationResult {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("@odata.context", "\(serviceRoot)$metadata")
        writer.name("value")
        writer.beginArray()
        for table in schema.tables.filter({ !$0.isDropped }).sorted(by: { $0.setName < $1.setName }) {
            writer.beginObject()
            writer.member("name", table.setName)
            writer.member("kind", "EntitySet")
            writer.member("url", table.setName)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        var result = OperationResult(200)
        result.contentType = OperationResult.json
        result.body = writer.bytes
        return result
    }

    /// The absolute URL of a row.
    func url(of table: TableDefinition, _ id: Guid) -> String {
        "\(serviceRoot)\(table.setName)(\(id))"
    }
}
