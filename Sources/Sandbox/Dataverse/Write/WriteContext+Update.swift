extension WriteContext {
    /// Changes a row. Inside a transaction; the row exists.
    mutating func update(_ id: Guid, _ payload: Payload, in table: TableDefinition) throws(WebError) {
        try require(.write, table)
        guard let before = store[table.index].row(id) else { throw .missing(table, id) }
        if TableDefinition.drafted[table.logicalName] != nil { return try draft(id, payload, in: table) }
        var values = before.written(width: table.columns.count).values
        for (column, value) in payload.values where table.columns[column].access.contains(.update) { values[column] = value }
        let closes = try changeState(of: table, id, before, payload, &values)
        if table.logicalName == "phonecall" {
            if closes { PhoneCallRules.complete(table, &values, now: now) }
            PhoneCallRules.derive(table, &values)
        }
        Names.derive(table, &values)
        try checkQueueItem(before, table, payload, &values)
        if let owner = table.owner, table.ownership == .user, let new = payload[owner] {
            if new.isNull { values[owner] = before[owner] }
            if values[owner] != before[owner] { try require(.assign, table) }
            try setOwner(of: table, &values)
        }
        if !table.keys.isEmpty { try checkKeys(of: table, values, except: id) }
        try checkUnique(table, values, except: id)
        try checkAppend(table, payload.values.reduce(into: []) { $0.append($1.value) }, columns: payload.values.map(\.column))
        stampModification(of: table, &values)
        store.update(id, in: table.index) { $0 = values }
        written.append(reference(table, id))
        tellUpdate(table, id, payload, values)
        for (navigation, children) in payload.children { try replaceChildren(navigation, children, of: table, id) }
        if table.logicalName == "phonecall" {
            if payload[table.column("regardingobjectid")] != nil || payload[table.owner] != nil {
                writeImpliedParties(of: table, id, values)
            }
            if closes { deactivateQueueItems(of: reference(table, id)) }
        }
    }

    private func tellUpdate(_ table: TableDefinition, _ id: Guid, _ payload: Payload, _ values: [CellValue]) {
        guard store.tellsWrites else { return }
        let stamps = [table.modifiedOn, table.modifiedBy].compactMap { $0 }
        let columns = payload.values.map(\.column).filter { table.columns[$0].access.contains(.update) } + stamps
        tell(.update, table, id, columns.map { ($0, values[$0]) })
    }

    private func checkAppend(_ table: TableDefinition, _ values: [CellValue], columns: [Int]) throws(WebError) {
        if rules.roles.missing.isEmpty { return }
        for (value, column) in zip(values, columns) {
            guard let reference = value.reference, column != table.owner else { continue }
            try require(.append, table)
            try require(.appendTo, schema[reference.table])
        }
    }

    /// Judges `statecode` and `statuscode` together; true when the row leaves its first state with this write.
    private func changeState(
        of table: TableDefinition, _ id: Guid, _ before: StoredRow, _ payload: Payload, _ values: inout [CellValue]
    ) throws(WebError) -> Bool {
        guard let stateCode = table.stateCode, let statusCode = table.statusCode, let current = before[stateCode].integer else {
            return false
        }
        let newState = payload[stateCode]?.integer ?? current
        guard let state = table.state(newState) else {
            throw WebError(
                400, "0x80048408",
                "State code is invalid or state code is valid but status code is invalid for a specified state code.")
        }
        if let status = payload[statusCode]?.integer {
            guard state.statuses.contains(where: { $0.value == status }) else {
                throw WebError(
                    400, "0x80048408",
                    "\(status) is not a valid status code for state code \(table.schemaName)State.\(state.label) "
                        + "on \(table.logicalName) with Id \(id).")
            }
        } else {
            values[statusCode] = newState == current ? before[statusCode] : .integer(state.statuses[0].value)
        }
        values[stateCode] = .integer(newState)
        if table.isActivity, current != 0, newState == current, !rules.updatesOfClosedActivities {
            throw WebError(400, "0x8004022e", "Cannot update Closed or Cancelled Activity")
        }
        return current == 0 && newState != 0
    }

    /// A collection in an update replaces the parties of the types it holds; other rows are added.
    private mutating func replaceChildren(
        _ navigation: TableDefinition.CollectionNavigation, _ children: [JSONObject], of table: TableDefinition, _ id: Guid
    ) throws(WebError) {
        let child = schema[navigation.table]
        var payloads: [Payload] = []
        for object in children {
            let payload = try PayloadReader(context: self, table: child).read(object)
            if child.logicalName == "activityparty" { try Parties.check(payload, child) }
            payloads.append(payload)
        }
        if child.logicalName == "activityparty", let mask = child.column("participationtypemask") {
            let types = Set(payloads.compactMap { $0[mask]?.integer })
            for party in Parties.rows(of: id, store) where party[mask].integer.map({ types.contains($0) }) ?? false {
                store.remove(party.id, from: child.index)
            }
        }
        for var payload in payloads {
            payload.values.append((navigation.column, .lookup(reference(table, id))))
            _ = try create(payload, in: child, id: payload.id)
        }
    }
}
