/// What the platform does to phone calls by itself.
enum PhoneCallRules {
    /// Leaving Open fills the end with the time of completion.
    static func complete(_ table: TableDefinition, _ values: inout [CellValue], now: Int64) {
        if values[table.column("actualend")].isNull { values[table.column("actualend")] = .date(now) }
    }

    /// The scheduled duration follows from start and end.
    static func derive(_ table: TableDefinition, _ values: inout [CellValue]) {
        guard case .date(let start) = values[table.column("scheduledstart")],
            case .date(let end) = values[table.column("scheduledend")], end >= start
        else { return }
        values[table.column("scheduleddurationminutes")] = .integer((end - start) / 60)
    }
}

/// Rows of `activityparty`.
enum Parties {
    static let regarding: Int64 = 8
    static let owner: Int64 = 9

    /// A party names somebody in some way, in a role that exists.
    static func check(_ payload: Payload, _ table: TableDefinition) throws(WebError) {
        guard payload[table.column("participationtypemask")]?.integer != nil else {
            throw .argument("The participation type of an activity party is missing.")
        }
        let named = ["partyid", "unresolvedpartyname", "addressused"].contains { name in
            payload[table.column(name)].map { !$0.isNull } ?? false
        }
        guard named else { throw .argument("An activity party needs a party, an unresolved name or an address.") }
    }

    static func rows(of activity: Guid, _ store: Store) -> [StoredRow] {
        guard let parties = store.table("activityparty"), let column = parties.definition.column("activityid") else { return [] }
        return parties.slots(column: column, activity).compactMap { parties.row(at: $0) }
    }
}

extension WriteContext {
    /// Regarding and owner show up as parties of their own kind.
    func writeImpliedParties(of table: TableDefinition, _ id: Guid, _ values: [CellValue]) {
        writeParty(Parties.regarding, values[table.column("regardingobjectid")].reference, of: table, id)
        writeParty(Parties.owner, values[table.owner].reference, of: table, id)
    }

    private func writeParty(_ mask: Int64, _ party: Reference?, of table: TableDefinition, _ id: Guid) {
        guard let definition = schema.byLogicalName["activityparty"], let maskColumn = definition.column("participationtypemask"),
            let partyColumn = definition.column("partyid"), let activityColumn = definition.column("activityid")
        else { return }
        let existing = Parties.rows(of: id, store).filter { $0[maskColumn] == .integer(mask) }
        if existing.count == 1, existing[0][partyColumn].reference == party { return }
        for row in existing { store.remove(row.id, from: definition.index) }
        guard let party else { return }
        var values = [CellValue](repeating: .null, count: definition.columns.count)
        values[maskColumn] = .integer(mask)
        values[partyColumn] = .lookup(party)
        values[activityColumn] = .lookup(reference(table, id))
        store.insert(store.random.guid(), values, into: definition.index)
    }
}
