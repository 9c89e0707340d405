extension SolutionComparison {
    func endpoint(_ part: SolutionPart, _ wanted: SolutionPart.Endpoint) -> SolutionFinding {
        guard let target = wanted.target else {
            return SolutionFinding(
                part, .unavailable,
                "Dynamics knows no address and key of the hub: changes of users and profiles are found by looking",
                remedy:
                    "set HubAddress, or give --hub-url, and give the tenant a dynamics.webhook_token: then Dynamics tells of them at once"
            )
        }
        guard let found = state.endpoints[wanted.name] else { return missing(part) }
        guard found.address == target.address else { return missing(part, "leads to \(found.address)") }
        return keyUnknown(part, found.address)
    }

    func step(_ part: SolutionPart, _ wanted: SolutionPart.Step) -> SolutionFinding {
        if let table = wanted.table, state.tables[table] == nil, !tables.contains(table) {
            return SolutionFinding(part, .unavailable, "no such table")
        }
        guard let found = state.steps[wanted.name] else { return missing(part) }
        guard found.endpointID == nil || found.endpointID == state.endpoints[wanted.endpoint]?.id else {
            return missing(part, "goes to another endpoint")
        }
        guard found.isEnabled else {
            return SolutionFinding(
                part, .different, "is switched off",
                remedy: "switch the step on again, or delete it and run `trunkline dynamics install`")
        }
        let columns = Set(found.filter.split(separator: ",").map(String.init))
        guard columns == Set(wanted.columns) else { return missing(part, "tells of other columns") }
        return SolutionFinding(part, .present, "on")
    }

    /// Tables that the solution itself makes.
    private var tables: Set<String> {
        Set(definition.parts.compactMap { if case .table(let table) = $0 { table.name } else { nil } })
    }
}
