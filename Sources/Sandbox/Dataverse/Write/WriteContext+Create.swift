extension WriteContext {
    /// Creates a row with everything that hangs on it. Inside a transaction.
    mutating func create(_ payload: Payload, in table: TableDefinition, id given: Guid?) throws(WebError) -> Guid {
        try require(.create, table)
        let id = given ?? store.random.guid()
        let rows = store[table.index]
        if rows.slot(id) != nil { throw .duplicateKey }
        var values = [CellValue](repeating: .null, count: table.columns.count)
        for (column, value) in payload.values where table.columns[column].access.contains(.create) { values[column] = value }
        for (navigation, object) in payload.related {
            guard let target = navigation.target else {
                throw .argument("A nested row needs a navigation property of one table.")
            }
            let definition = schema[target]
            let inner = try PayloadReader(context: self, table: definition).read(object)
            let related = try create(inner, in: definition, id: inner.id)
            values[navigation.column] = .lookup(Reference(table: target, id: related))
        }
        try setDefaults(of: table, &values)
        try setInitialState(of: table, id, payload, &values)
        try setOwner(of: table, &values)
        try checkKeys(of: table, values, except: nil)
        try checkUnique(table, values, except: nil)
        try Customization.check(table, values)
        try FormRules(store: store).check(table, values)
        try checkAppend(table, values)
        stampCreation(of: table, &values)
        try checkQueueItem(table, &values)
        store.insert(id, values, into: table.index)
        written.append(reference(table, id))
        for (navigation, children) in payload.children { try createChildren(navigation, children, of: table, id) }
        if table.logicalName == "phonecall" { writeImpliedParties(of: table, id, values) }
        createOwnQueue(of: table, id)
        tellCreation(table, id, values)
        return id
    }

    private mutating func createChildren(
        _ navigation: TableDefinition.CollectionNavigation, _ children: [JSONObject], of table: TableDefinition, _ id: Guid
    ) throws(WebError) {
        let child = schema[navigation.table]
        for object in children {
            var payload = try PayloadReader(context: self, table: child).read(object)
            if child.logicalName == "activityparty" { try Parties.check(payload, child) }
            payload.values.append((navigation.column, .lookup(reference(table, id))))
            _ = try create(payload, in: child, id: payload.id)
        }
    }

    private func setDefaults(of table: TableDefinition, _ values: inout [CellValue]) throws(WebError) {
        switch table.logicalName {
        case "phonecall":
            values.fill(table.column("directioncode"), .bool(true))
            values.fill(table.column("prioritycode"), .integer(1))
            values.fill(table.column("leftvoicemail"), .bool(false))
            values.fill(table.column("isbilled"), .bool(false))
            values.fill(table.column("isworkflowcreated"), .bool(false))
            values.fill(table.column("isregularactivity"), .bool(true))
            PhoneCallRules.derive(table, &values)
        case "contact", "lead", "systemuser":
            Names.derive(table, &values)
            values.fill(table.column("donotphone"), .bool(false))
            values.fill(table.column("isdisabled"), .bool(false))
            values.fill(table.column("islicensed"), .bool(true))
            values.fill(table.column("accessmode"), .integer(0))
        case "account":
            values.fill(table.column("donotphone"), .bool(false))
        case "queueitem":
            values.fill(table.column("enteredon"), .date(now))
        default:
            break
        }
        for (position, column) in table.columns.enumerated() where column.isCustom && values[position].isNull {
            values[position] = column.defaultValue
        }
    }

    /// Every row starts in its first state; `statecode` is dropped on create, a status reason of another state is refused.
    private func setInitialState(
        of table: TableDefinition, _ id: Guid, _ payload: Payload, _ values: inout [CellValue]
    ) throws(WebError) {
        guard let stateCode = table.stateCode, let statusCode = table.statusCode, let initial = table.states.first else { return }
        values[stateCode] = .integer(initial.value)
        guard let status = payload[statusCode]?.integer else {
            values[statusCode] = .integer(initial.statuses[0].value)
            return
        }
        guard initial.statuses.contains(where: { $0.value == status }) else {
            throw WebError(
                400, "0x80048408",
                "\(status) is not a valid status code for state code \(table.schemaName)State.\(initial.label) "
                    + "on \(table.logicalName) with Id \(id).")
        }
    }

    func setOwner(of table: TableDefinition, _ values: inout [CellValue]) throws(WebError) {
        guard let owner = table.owner, table.ownership == .user else {
            if table.logicalName == "systemuser" || table.logicalName == "team" {
                values.fill(table.column("businessunitid"), store.rootBusinessUnit)
            }
            return
        }
        if values[owner].isNull { values[owner] = callerReference }
        guard let reference = values[owner].reference else { return }
        try Owners.check(reference, store: store, roles: rules.roles)
        let isTeam = schema[reference.table].logicalName == "team"
        values[table.owningUser] = isTeam ? .null : .lookup(reference)
        values[table.owningTeam] = isTeam ? .lookup(reference) : .null
        let businessUnit = store.schema[reference.table].column("businessunitid")
        values[table.owningBusinessUnit] = businessUnit.flatMap { store.row(reference)?[$0] } ?? .null
    }

    private func stampCreation(of table: TableDefinition, _ values: inout [CellValue]) {
        let overridden = table.overriddenCreatedOn.map { values[$0] } ?? .null
        values[table.createdOn] = overridden.isNull ? .date(now) : overridden
        if !overridden.isNull { values[table.overriddenCreatedOn] = .date(now) }
        values[table.createdBy] = callerReference
        stampModification(of: table, &values)
        if let actor { values[table.createdOnBehalfBy] = .lookup(Reference(table: store.systemUsers, id: actor)) }
    }

    func stampModification(of table: TableDefinition, _ values: inout [CellValue]) {
        values[table.modifiedOn] = .date(now)
        values[table.modifiedBy] = callerReference
        values[table.modifiedOnBehalfBy] = actor.map { .lookup(Reference(table: store.systemUsers, id: $0)) } ?? .null
    }

    /// Alternate keys are unique unless one of their columns is empty.
    func checkKeys(of table: TableDefinition, _ values: [CellValue], except id: Guid?) throws(WebError) {
        for key in table.alternateKeys {
            let columns = key.columns.compactMap { table.column($0) }
            let parts = columns.map { values[$0] }
            if parts.contains(where: { $0.isNull }) { continue }
            let filter = FilterExpression.and(
                zip(columns, parts).map { column, part in
                    .compare(
                        ColumnPath(column: column, kind: table.columns[column].kind), .equal,
                        part.text.map { .text(Folding.fold($0)) } ?? part)
                })
            let rows = store[table.index]
            let evaluation = FilterEvaluation(store: store)
            let slots = evaluation.candidates(filter, in: rows) ?? Array(rows.slots)
            for slot in slots {
                guard let row = rows.row(at: slot), row.id != id, evaluation.matches(filter, row, in: rows) else { continue }
                let name = key.label
                throw WebError(
                    412, "0x80060892",
                    "Entity Key \(name) violated. A record with the same value for \(name) already exists. A duplicate record cannot "
                        + "be created. Select one or more unique values and try again.")
            }
        }
    }

    /// Pointing at a row takes `Append` on this table and `AppendTo` on that one.
    func checkAppend(_ table: TableDefinition, _ values: [CellValue]) throws(WebError) {
        if rules.roles.missing.isEmpty { return }
        for (column, value) in values.enumerated() {
            guard let reference = value.reference, column != table.owner, table.columns[column].access != [] else { continue }
            try require(.append, table)
            try require(.appendTo, schema[reference.table])
        }
    }
}

extension [CellValue] {
    /// Sets a column that is still empty.
    fileprivate mutating func fill(_ column: Int?, _ value: CellValue) {
        if let column, self[column].isNull { self[column] = value }
    }

    /// A column the table may not have.
    subscript(column: Int?) -> CellValue {
        get { column.map { self[$0] } ?? .null }
        set { if let column { self[column] = newValue } }
    }
}

extension Store {
    var rootBusinessUnit: CellValue {
        guard let table = table("businessunit"), let row = table.rows.first(where: { _ in true }) else { return .null }
        return .lookup(Reference(table: table.definition.index, id: row.id))
    }
}
