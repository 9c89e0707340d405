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
        let names = try texts("PrivilegeNames", arguments, operation)
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

    /// The texts of a parameter, which stands in the query string under the alias that the brackets name.
    private func texts(_ parameter: String, _ arguments: String, _ operation: Operation) throws(WebError) -> [String] {
        guard arguments.hasPrefix("\(parameter)=@") else {
            throw .url("The parameter '\(parameter)' of the function has to be given by an alias.")
        }
        let alias = arguments.dropFirst(parameter.count + 1)
        guard let text = URLText.pairs(operation.query).first(where: { $0.name == alias })?.value,
            let json = try? JSON(parsing: Array(text.utf8)), let values = json.array
        else { throw .url("The value of the alias '\(alias)' is no collection of texts.") }
        return values.compactMap(\.string)
    }
}
