// What users may do, as the environment itself tells it.
extension Execution {
    /// Functions bound to a row.
    func boundFunction(
        _ table: TableDefinition, _ key: RowKey, _ name: String, _ arguments: String, _ operation: Operation
    ) throws(WebError) -> OperationResult {
        guard table.logicalName == "systemuser", name == "RetrieveUserSetOfPrivilegesByNames" else {
            throw .unknownAction("Microsoft.Dynamics.CRM.\(name)")
        }
        guard operation.method == "GET" else { throw .method(operation.method) }
        let user = try existing(key, in: table)
        let names = try FunctionArguments(arguments, operation.query).texts("PrivilegeNames")
        return answer(
            of: name, [.init(name: "RolePrivileges", value: .array(privileges(names, of: user.id).map { .object($0) }))],
            cost: OperationCost())
    }

    /// Those of the named privileges that the user holds. A name that nobody knows is not held, and no mistake.
    private func privileges(_ names: [String], of user: Guid) -> [JSONObject] {
        guard !rules.roles.withoutRoles.contains(user) else { return [] }
        let known = Set(
            schema.tables.filter { !$0.isDropped }.flatMap { table in
                Privilege.Verb.allCases.map { Privilege($0, table.privilege).name }
            })
        return names.filter { known.contains($0) && !rules.roles.missing.contains($0) }.map { name in
            JSONObject([
                "Depth": .string(rules.roles.local.contains(name) ? "Local" : "Global"),
                "PrivilegeId": .string(Guid(naming: "privilege/\(name)").description),
                "BusinessUnitId": .string(store.rootBusinessUnit.guid?.description ?? ""),
                "PrivilegeName": .string(name),
                "RecordFilterId": .string(Guid(high: 0, low: 0).description),
                "RecordFilterUniqueName": .string(""),
            ])
        }
    }
}
