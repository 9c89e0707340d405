/// Compares what is wanted with what stands there; compares only what the hub sets, since answers differ from what was sent.
package struct SolutionComparison: Sendable {
    package let definition: SolutionDefinition
    package let state: EnvironmentState
    /// Keys that Dynamics refused before, by `table.name`, with its code.
    package let refusedKeys: [String: String]

    package init(_ definition: SolutionDefinition, _ state: EnvironmentState, refusedKeys: [String: String] = [:]) {
        self.definition = definition
        self.state = state
        self.refusedKeys = refusedKeys
    }

    /// One finding for each part, in the order in which parts are made.
    package var findings: [SolutionFinding] { definition.parts.map(finding) }

    private func finding(_ part: SolutionPart) -> SolutionFinding {
        switch part {
        case .publisher(let wanted): publisher(part, wanted)
        case .solution: solution(part)
        case .table(let wanted): table(part, wanted.name)
        case .column(let wanted): column(part, wanted)
        case .lookup(let wanted): lookup(part, wanted)
        case .key(let wanted): key(part, wanted)
        case .changeTracking(let table): changeTracking(part, table)
        case .dataSource(let wanted): dataSource(part, wanted)
        case .virtualTable(let wanted): virtualTable(part, wanted)
        case .settingRow(let wanted): settingRow(part, wanted)
        case .endpoint(let wanted): endpoint(part, wanted)
        case .step(let wanted): step(part, wanted)
        case .visibility(let wanted): visibility(part, wanted)
        case .form(let wanted): form(part, wanted)
        case .view(let wanted): view(part, wanted)
        }
    }

    func missing(_ part: SolutionPart, _ found: String = "not there") -> SolutionFinding {
        SolutionFinding(part, .missing, found, remedy: "run `trunkline dynamics install`")
    }

    private func publisher(_ part: SolutionPart, _ wanted: SolutionPart.Publisher) -> SolutionFinding {
        guard let found = state.publisher else { return missing(part) }
        guard found.prefix == wanted.prefix else {
            return SolutionFinding(
                part, .different, "has prefix \(found.prefix)",
                remedy: "set SolutionPrefix to \(found.prefix), or SolutionPublisher to a name that is free")
        }
        if let option = found.optionPrefix, option != wanted.optionPrefix {
            return SolutionFinding(
                part, .different, "has option prefix \(option)",
                remedy: "set SolutionOptionPrefix to \(option), or SolutionPublisher to a name that is free")
        }
        return SolutionFinding(part, .present, "prefix \(found.prefix)")
    }

    private func solution(_ part: SolutionPart) -> SolutionFinding {
        guard let found = state.solution else { return missing(part) }
        if let publisher = state.publisher, let owner = found.publisherID, owner != publisher.id {
            return SolutionFinding(
                part, .different, "belongs to another publisher", remedy: "set SolutionName to a name that is free")
        }
        return SolutionFinding(part, .present, "version \(found.version)")
    }

    private func table(_ part: SolutionPart, _ name: String) -> SolutionFinding {
        guard let found = state.tables[name] else { return missing(part) }
        return SolutionFinding(part, .present, "entity set \(found.setName)")
    }

    private func column(_ part: SolutionPart, _ wanted: SolutionPart.Column) -> SolutionFinding {
        guard let table = state.tables[wanted.table] else { return missing(part, "table \(wanted.table) is not there") }
        guard let found = table.columns[wanted.name] else { return missing(part) }
        guard found.type == wanted.type.attributeType else {
            return otherType(part, wanted.name, found.type, wanted.type.attributeType)
        }
        guard case .choice(let options) = wanted.type, let there = found.options else {
            return SolutionFinding(part, .present, found.type)
        }
        let lacking = options.filter { there[$0.value] == nil }
        guard lacking.isEmpty else {
            return SolutionFinding(
                part, .different, "lacks \(lacking.map { "\($0.value) \($0.label)" }.joined(separator: ", "))",
                remedy: "add the options with these values to the column")
        }
        return SolutionFinding(part, .present, "\(there.count) options")
    }

    private func otherType(_ part: SolutionPart, _ name: String, _ found: String, _ wanted: String) -> SolutionFinding {
        SolutionFinding(
            part, .different, "is of type \(found), not \(wanted)",
            remedy: "give the hub another name for it with `trunkline settings set`, or remove the column \(name)")
    }

    private func lookup(_ part: SolutionPart, _ wanted: SolutionPart.Lookup) -> SolutionFinding {
        guard let table = state.tables[wanted.table] else { return missing(part, "table \(wanted.table) is not there") }
        guard let column = table.columns[wanted.name] else { return missing(part) }
        guard column.type == "Lookup" else { return otherType(part, wanted.name, column.type, "Lookup") }
        guard let found = table.lookups[wanted.name] else { return SolutionFinding(part, .present, "Lookup") }
        guard found.target == wanted.target else {
            return SolutionFinding(
                part, .different, "points at \(found.target)",
                remedy: "give the hub another name for it with `trunkline settings set`, or remove the column \(wanted.name)")
        }
        return SolutionFinding(part, .present, "bound by \(found.navigation)")
    }

    private func key(_ part: SolutionPart, _ wanted: SolutionPart.Key) -> SolutionFinding {
        guard let table = state.tables[wanted.table] else { return missing(part, "table \(wanted.table) is not there") }
        guard let found = table.keys[wanted.name] ?? table.keys.values.first(where: { $0.columns == wanted.columns }) else {
            guard let code = refusedKeys[part.name] else { return missing(part) }
            return SolutionFinding(
                part, .unavailable, "Dynamics refused it (\(code)); the hub's derived ids do the same work")
        }
        switch found.status {
        case "Active": return SolutionFinding(part, .present, "active")
        case "Failed":
            return SolutionFinding(
                part, .different, "its index could not be built",
                remedy:
                    "find rows with the same \(wanted.columns.joined(separator: ", ")), correct them and reactivate the key in the maker portal"
            )
        default:
            return SolutionFinding(
                part, .pending, "index \(found.status.isEmpty ? "being built" : found.status)",
                remedy: "look again in some minutes")
        }
    }

    private func changeTracking(_ part: SolutionPart, _ name: String) -> SolutionFinding {
        guard let table = state.tables[name] else {
            let isOwn = definition.parts.contains { if case .table(let table) = $0 { table.name == name } else { false } }
            return isOwn ? missing(part, "table \(name) is not there") : SolutionFinding(part, .unavailable, "no such table")
        }
        if table.tracksChanges == true { return SolutionFinding(part, .present, "on") }
        if table.canTrackChanges == false { return SolutionFinding(part, .unavailable, "can't be switched on") }
        return missing(part, "off")
    }

    private func dataSource(_ part: SolutionPart, _ wanted: SolutionPart.DataSource) -> SolutionFinding {
        guard state.dataSourceSet != nil, state.dataProvider != nil else { return noProvider(part) }
        guard let found = state.dataSources[wanted.name] else { return missing(part) }
        guard found.address == wanted.address else { return missing(part, "leads to \(found.address)") }
        guard !wanted.secret.isEmpty else {
            return SolutionFinding(
                part, .present, "\(found.address); its key was not compared", remedy: "give --odata-key-file to have it compared")
        }
        guard let key = found.key else { return keyUnknown(part, found.address) }
        return key == wanted.secret ? SolutionFinding(part, .present, found.address) : missing(part, "shows another key")
    }

    private func virtualTable(_ part: SolutionPart, _ wanted: SolutionPart.VirtualTable) -> SolutionFinding {
        guard state.dataProvider != nil else { return noProvider(part) }
        guard let found = state.tables[wanted.table.name] else { return missing(part) }
        guard let source = state.dataSources[wanted.dataSource]?.id, found.dataSourceID == source else {
            return SolutionFinding(
                part, .different, found.dataSourceID == nil ? "is an ordinary table" : "has another data source",
                remedy: "set CallbackListTable to a name that is free, or remove the table")
        }
        guard found.columns[wanted.table.name + "id"]?.externalName == wanted.keyProperty else {
            return missing(part, "its key has no name in the source")
        }
        return SolutionFinding(part, .present, "entity set \(found.setName)")
    }

    func keyUnknown(_ part: SolutionPart, _ address: String) -> SolutionFinding {
        SolutionFinding(
            part, .unreadable, "\(address); Dynamics does not show its key",
            remedy: "if the key was changed since: `trunkline dynamics install` writes it again")
    }

    private func noProvider(_ part: SolutionPart) -> SolutionFinding {
        SolutionFinding(
            part, .unavailable, "the environment has no OData v4 data provider; callback lists are named by their id",
            remedy: "install \"OData v4 Data Provider\" from AppSource for a choice of lists by name")
    }

    private func visibility(_ part: SolutionPart, _ wanted: SolutionPart.Visibility) -> SolutionFinding {
        SolutionFinding(
            part, .manual, "the metadata interface can neither make nor show rules of forms; the hub does without",
            remedy:
                "in the maker portal: table \(wanted.tableLabel), Business rules: if \(wanted.condition), show "
                + "\(wanted.labels.joined(separator: " and ")), else hide them; scope All Forms; activate")
    }

    private func settingRow(_ part: SolutionPart, _ wanted: SolutionPart.SettingRow) -> SolutionFinding {
        guard let rows = state.settingRows else { return missing(part, "table \(wanted.table) is not there") }
        let isThere = rows.contains { $0.lowercased() == wanted.name.lowercased() }
        return isThere ? SolutionFinding(part, .present, "there") : missing(part)
    }
}
