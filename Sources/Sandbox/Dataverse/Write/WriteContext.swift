/// Who writes, when, and under which rules: what every write needs besides its payload.
struct WriteContext {
    let store: Store
    let rules: WriteRules
    /// The user the rights count for and who shows as creator and modifier.
    let caller: Guid
    /// The signed-in user where it acts for another.
    let actor: Guid?
    let now: Int64
    /// Entities by Content-ID, of the running change set.
    var contentIDs: [String: Reference] = [:]
    /// Rows written so far.
    var written: [Reference] = []

    var schema: Schema { store.schema }

    var callerReference: CellValue { .lookup(Reference(table: store.systemUsers, id: caller)) }

    func require(_ verb: Privilege.Verb, _ table: TableDefinition) throws(WebError) {
        try rules.roles.require(Privilege(verb, on: table), of: caller, table: table)
    }

    func reference(_ table: TableDefinition, _ id: Guid) -> Reference {
        Reference(table: table.index, id: id)
    }
}

/// Switches of the environment that change how writes behave.
struct WriteRules {
    var roles = Roles()
    var updatesOfClosedActivities = true
}

extension Store {
    var systemUsers: TableIndex { schema.byLogicalName["systemuser"]!.index }
}
