import Synchronization

/// Why the admin door could not do something.
public struct DataverseAdminError: Error, Sendable, CustomStringConvertible {
    public var code: String
    public var message: String
    public var description: String { "\(code): \(message)" }

    init(_ error: WebError) {
        code = error.code
        message = error.message
    }
}

// What stands outside the vendor's API: seeding, looking, editing as a human, switches.
extension Dataverse {
    /// Creates rows of a table (by entity set name) as bodies of the Web API have them; a key in the body is kept, and
    /// `statecode` and `statuscode` are applied after the creation. Takes no time and counts for no limit.
    /// - Returns: the ids.
    @discardableResult
    public func seed(_ setName: String, _ rows: [JSON], as user: String? = nil) throws -> [String] {
        let result = write(setName, as: user) { context, table throws(WebError) in
            var ids: [String] = []
            for row in rows {
                guard case .object(let object) = row else { throw .argument("A JSON object was expected.") }
                let payload = try PayloadReader(context: context, table: table).read(object)
                let id = try context.create(payload.without(table.statusCode), in: table, id: payload.id)
                if payload[table.stateCode] != nil {
                    try context.update(id, payload.only(table.stateCode, table.statusCode), in: table)
                }
                ids.append(id.description)
            }
            return ids
        }
        return try result.get()
    }

    /// Changes a row as a user would by hand. `user` is a systemuserid; without it the first user who is no application.
    public func edit(_ setName: String, id: String, _ changes: JSON, as user: String? = nil) throws {
        let result = write(setName, as: user ?? firstHuman, tells: true) { context, table throws(WebError) in
            guard let id = Guid(id) else { throw .argument("'\(id)' is no guid.") }
            guard case .object(let object) = changes else { throw .argument("A JSON object was expected.") }
            try context.update(id, try PayloadReader(context: context, table: table).read(object), in: table)
        }
        try result.get()
    }

    /// Merges one row into another of the same table, as a user would by hand.
    public func merge(_ setName: String, loser: String, into winner: String, as user: String? = nil) throws {
        let result = write(setName, as: user ?? firstHuman, tells: true) { context, table throws(WebError) in
            guard let first = Guid(winner), let second = Guid(loser) else { throw .argument("Two guids are needed.") }
            for id in [first, second] where context.store[table.index].slot(id) == nil { throw .missing(table, id) }
            try context.merge(context.reference(table, second), into: context.reference(table, first), Payload())
        }
        try result.get()
    }

    /// Deletes a row as a user would by hand.
    public func delete(_ setName: String, id: String, as user: String? = nil) throws {
        let result = write(setName, as: user ?? firstHuman, tells: true) { context, table throws(WebError) in
            guard let guid = Guid(id), context.store[table.index].slot(guid) != nil else {
                throw .argument("There is no row '\(id)'.")
            }
            try context.delete(guid, from: table)
        }
        try result.get()
    }

    /// Every row of a table, in the order of creation; none for an unknown table.
    public func rows(_ setName: String) -> [DataverseRow] {
        environment.withLock { environment in
            guard let table = environment.store.schema.bySet[setName] else { return [] }
            return environment.store[table.index].rows.map { environment.show($0, table) }
        }
    }

    /// Some of the rows of a table, in the order of creation.
    public func rows(_ setName: String, skip: Int, top: Int) -> [DataverseRow] {
        environment.withLock { environment in
            guard let table = environment.store.schema.bySet[setName] else { return [] }
            return environment.store[table.index].rows.dropFirst(skip).prefix(top).map { environment.show($0, table) }
        }
    }

    public func count(_ setName: String) -> Int {
        environment.withLock { environment in
            environment.store.schema.bySet[setName].map { environment.store[$0.index].count } ?? 0
        }
    }

    /// All phone calls.
    public func phoneCalls() -> [DataverseRow] { rows("phonecalls") }

    /// The parties of a phone call, those the platform added as well.
    public func parties(of phoneCall: String) -> [DataverseParty] {
        environment.withLock { environment in
            guard let id = Guid(phoneCall), let table = environment.store.table("activityparty")?.definition,
                let mask = table.column("participationtypemask"), let party = table.column("partyid"),
                let address = table.column("addressused"), let name = table.column("unresolvedpartyname")
            else { return [] }
            return Parties.rows(of: id, environment.store).map { row in
                DataverseParty(
                    mask: Int(row[mask].integer ?? 0),
                    table: row[party].reference.map { environment.store.schema[$0.table].logicalName },
                    id: row[party].guid?.description, addressUsed: row[address].text, unresolvedName: row[name].text)
            }
        }
    }

    /// Values of a column that more than one phone call has, with their number. The column defaults to the call id.
    public func duplicates(by column: String? = nil) -> [String: Int] {
        let column = column ?? configuration.customPrefix + "callid"
        return environment.withLock { environment in
            guard let table = environment.store.table("phonecall"), let index = table.definition.column(column) else {
                return [:]
            }
            var counts: [String: Int] = [:]
            for row in table.rows {
                if let value = row[index].text { counts[Folding.fold(value), default: 0] += 1 }
            }
            return counts.filter { $0.value > 1 }
        }
    }

    /// What service protection let pass and what it could have, since the start or the last reset.
    public func limitFigures() -> DataverseLimitFigures {
        environment.withLock { $0.protection.figures(servers: max(1, configuration.servers)) }
    }

    /// Begins the figures anew; windows stay as full as they are unless asked otherwise.
    public func resetLimitFigures(windows: Bool = false) {
        environment.withLock { windows ? $0.protection.reset() : $0.protection.resetRecord() }
    }

    /// Takes privileges away (`prvCreateActivity`, `prvAppendToContact`, `prvActOnBehalfOfAnotherUser`, …), roles from users, and
    /// the ability to own rows from users and teams. Each call sets the whole picture; empty sets give everything back.
    /// - Parameter localPrivileges: told to reach no further than the own business unit; requests are let through.
    public func setRoles(
        missingPrivileges: Set<String> = [], localPrivileges: Set<String> = [], usersWithoutRoles: Set<String> = [],
        cannotOwn: Set<String> = []
    ) {
        environment.withLock { environment in
            environment.rules.roles.missing = missingPrivileges
            environment.rules.roles.local = localPrivileges
            environment.rules.roles.withoutRoles = Set(usersWithoutRoles.compactMap { Guid($0) })
            environment.rules.roles.cannotOwn = Set(cannotOwn.compactMap { Guid($0) })
        }
    }

    /// Gives a user a role, or takes it away, as an administrator does by hand.
    public func setRole(_ role: String, of user: String, given: Bool = true) throws {
        let result = write("systemusers", as: firstHuman, tells: true) { context, table throws(WebError) in
            guard let user = Guid(user), let role = Guid(role), context.store[table.index].slot(user) != nil else {
                throw .argument("There is no user '\(user)'.")
            }
            if given { try context.join(user, to: role) } else { try context.part(user, from: role) }
        }
        try result.get()
    }

    /// Makes every token issued so far invalid: the next request of each client is answered 401.
    public func expireTokens() {
        environment.withLock { $0.tokens.removeAll() }
    }

    private var firstHuman: String? {
        environment.withLock { environment in
            guard let users = environment.store.table("systemuser"), let application = users.definition.column("applicationid")
            else {
                return nil
            }
            return users.rows.first { $0[application].isNull }?.id.description
        }
    }

    private func write<R: Sendable>(
        _ setName: String, as user: String?, tells: Bool = false,
        _ body: @Sendable (inout WriteContext, TableDefinition) throws(WebError) -> R
    ) -> Result<R, DataverseAdminError> {
        let now = unixTime
        return environment.withLock { environment in
            guard let table = environment.store.schema.bySet[setName] else {
                return .failure(DataverseAdminError(.argument("There is no table '\(setName)'.")))
            }
            let fallback = configuration.applications.lazy.compactMap { $0.userID.flatMap { Guid($0) } }.first
            let caller = user.flatMap { Guid($0) } ?? fallback ?? Guid(high: 0, low: 0)
            var context = WriteContext(store: environment.store, rules: WriteRules(), caller: caller, actor: nil, now: now)
            environment.store.tellsWrites = tells && (environment.store.table("sdkmessageprocessingstep")?.count ?? 0) > 0
            do throws(WebError) {
                let done = try environment.store.transaction { () throws(WebError) in try body(&context, table) }
                outbox.send(environment.takeDeliveries(organization: configuration.organization))
                return .success(done)
            } catch {
                return .failure(DataverseAdminError(error))
            }
        }
    }
}

extension Environment {
    func show(_ row: StoredRow, _ table: TableDefinition) -> DataverseRow {
        DataverseRow(
            id: row.id.description, version: row.version, times: writeTimes[row.id],
            values: row.written(width: table.columns.count).values,
            columns: table.columnsByName)
    }
}

extension Payload {
    func without(_ column: Int?) -> Payload {
        var payload = self
        payload.values.removeAll { $0.column == column }
        return payload
    }

    func only(_ columns: Int?...) -> Payload {
        var payload = Payload()
        payload.values = values.filter { columns.contains($0.column) }
        return payload
    }
}
