import Model

extension SolutionDefinition {
    /// Whose forms and views `install` adds columns to; the others are told by `check` only.
    package enum FormChoice: String, Sendable, Hashable, CaseIterable {
        /// Those of the tables that the solution makes.
        case own
        /// Those of phone calls and users as well.
        case all
        case none
    }

    /// The parts of forms and views, for columns among the parts so far.
    static func forms(_ settings: Settings, _ parts: [SolutionPart], _ choice: FormChoice?) -> [SolutionPart] {
        guard let choice else { return [] }
        let (names, columns) = (settings.solution, settings.columns)
        let section = "\(names.prefix)_trunkline"
        func fields(_ table: String, _ wanted: [String]? = nil, isReadOnly: Bool = false) -> [FormField] {
            let all = parts.compactMap { FormField($0, of: table, isReadOnly: isReadOnly) }
            return wanted.map { wanted in wanted.compactMap { name in all.first { $0.name == name } } } ?? all
        }
        let own = [(names.profileTable, "Callback Profile"), (names.settingTable, "Trunkline Setting")]
        let standard = [
            (
                "phonecall", "Phone Call",
                fields("phonecall", [columns.bundle, columns.queueName, columns.recordingURL, columns.callID], isReadOnly: true)
            ),
            ("systemuser", "User", fields("systemuser", [columns.personEnreachID, columns.personEnreachEmail])),
        ]
        return own.flatMap { table, label -> [SolutionPart] in
            let isMade = choice != .none
            return [
                .form(
                    .init(
                        table: table, tableLabel: label, fields: fields(table), section: section, sectionLabel: label,
                        isOwn: true,
                        isMade: isMade)),
                .view(.init(table: table, tableLabel: label, fields: fields(table), prefix: names.prefix + "_", isMade: isMade)),
            ]
        }
            + standard.filter { !$0.2.isEmpty }.map { table, label, fields in
                .form(
                    .init(
                        table: table, tableLabel: label, fields: fields, section: section, sectionLabel: "Enreach", isOwn: false,
                        isMade: choice == .all))
            }
    }
}

extension FormField {
    fileprivate init?(_ part: SolutionPart, of table: String, isReadOnly: Bool) {
        switch part {
        case .column(let column) where column.table == table:
            self.init(name: column.name, label: column.label, control: FormControl(column.type), isReadOnly: isReadOnly)
        case .lookup(let lookup) where lookup.table == table:
            self.init(name: lookup.name, label: lookup.label, control: .lookup, isReadOnly: isReadOnly)
        default: return nil
        }
    }
}
