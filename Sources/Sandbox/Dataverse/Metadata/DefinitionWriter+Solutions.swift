// Which solution a component belongs to.
extension DefinitionWriter {
    enum ComponentType: Int64 { case table = 1, column = 2, choice = 9, relationship = 10, key = 14 }

    /// The solution the header names; nil without a header. 400 when there is none of that name.
    func solution() throws(WebError) -> StoredRow? {
        guard let name = headers.solution else { return nil }
        guard let row = solution(named: name) else {
            throw .argument("The solution '\(name)' specified in MSCRM.SolutionUniqueName does not exist.")
        }
        return row
    }

    private func solution(named name: String) -> StoredRow? {
        guard let solutions = store.table("solution"), let column = solutions.definition.column("uniquename") else { return nil }
        return solutions.slots(column: column, folded: Folding.fold(name)).compactMap { solutions.row(at: $0) }.first
    }

    /// The value prefix of the publisher behind the solution.
    var optionPrefix: Int64 {
        let standard: Int64 = 10_000
        guard let name = headers.solution, let solution = solution(named: name), let publishers = store.table("publisher"),
            let column = store.table("solution")?.definition.column("publisherid"),
            let publisher = solution[column].guid.flatMap({ publishers.row($0) }),
            let prefix = publishers.definition.column("customizationoptionvalueprefix")
        else { return standard }
        return publisher[prefix].integer ?? standard
    }

    func note(_ component: Guid, _ type: ComponentType, in solution: StoredRow?) {
        guard let solution, let table = schema.byLogicalName["solutioncomponent"],
            let solutions = schema.byLogicalName["solution"]
        else { return }
        var values = [CellValue](repeating: .null, count: table.columns.count)
        values[table.column("objectid")] = .guid(component)
        values[table.column("componenttype")] = .integer(type.rawValue)
        values[table.column("solutionid")] = .lookup(Reference(table: solutions.index, id: solution.id))
        values[table.createdOn] = .date(context.now)
        store.insert(store.random.guid(), values, into: table.index)
    }

    func forget(_ component: Guid) {
        guard let components = store.table("solutioncomponent"), let column = components.definition.column("objectid") else {
            return
        }
        for row in Array(components.rows) where row[column].guid == component {
            store.remove(row.id, from: components.definition.index)
        }
    }
}
