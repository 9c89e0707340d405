/// One thing of the solution, as it is wanted. The order in ``SolutionDefinition/parts`` is the order in which they are made.
package enum SolutionPart: Sendable, Hashable {
    case publisher(Publisher)
    case solution(Solution)
    case table(Table)
    case column(Column)
    case lookup(Lookup)
    case key(Key)
    /// The table's changes are followed by the hub.
    case changeTracking(table: String)
    case dataSource(DataSource)
    case virtualTable(VirtualTable)
    /// A rule of the table's form.
    case visibility(Visibility)
    case form(Form)
    case view(View)
    /// A row of the table of settings.
    case settingRow(SettingRow)
    /// Where Dynamics sends its webhooks.
    case endpoint(Endpoint)
    /// What it tells there.
    case step(Step)

    package struct Publisher: Sendable, Hashable {
        package let name: String
        package let friendlyName: String
        package let prefix: String
        package let optionPrefix: Int
    }

    package struct Solution: Sendable, Hashable {
        package let name: String
        package let friendlyName: String
        package let version: String
    }

    package struct Table: Sendable, Hashable {
        package let name: String
        package let primaryName: String
        package let label: String
        package let pluralLabel: String
        package let description: String
    }

    package struct Column: Sendable, Hashable {
        package let table: String
        package let name: String
        package let label: String
        package let type: ColumnType
        package let description: String
    }

    package struct Lookup: Sendable, Hashable {
        package let table: String
        package let name: String
        package let label: String
        package let target: String
        package let description: String

        /// Schema name of the relationship.
        package var relationship: String { "\(name)_\(table)" }
    }

    package struct Key: Sendable, Hashable {
        package let table: String
        package let name: String
        package let label: String
        package let columns: [String]
    }

    package struct DataSource: Sendable, Hashable {
        package let name: String
        /// Root of the service, with the trailing slash.
        package let address: String
        package let header: String
        /// What the header must show; never printed.
        package let secret: String
    }

    package struct VirtualTable: Sendable, Hashable {
        package let table: Table
        /// Names in the source.
        package let entitySet: String
        package let keyProperty: String
        package let nameProperty: String
        package let dataSource: String
    }

    /// Columns that a form shows only under a condition.
    package struct Visibility: Sendable, Hashable {
        package let table: String
        /// As people read them.
        package let tableLabel: String
        package let labels: [String]
        package let condition: String
    }

    package struct SettingRow: Sendable, Hashable {
        package let table: String
        package let nameColumn: String
        package let name: String
    }

    package struct Endpoint: Sendable, Hashable {
        package let name: String
        /// Nil: Dynamics can't reach the hub, or knows no key.
        package let target: SolutionDefinition.Webhook?

        package init(name: String, target: SolutionDefinition.Webhook?) { (self.name, self.target) = (name, target) }
    }

    package struct Step: Sendable, Hashable {
        package let endpoint: String
        /// `Create`, `Update`, `Delete`, `Associate`, `Disassociate`.
        package let message: String
        /// Nil: of all tables.
        package let table: String?
        /// Only updates of these are told; empty: of any.
        package let columns: [String]

        /// Its name in Dynamics, by which it is found again.
        package var name: String { "\(endpoint): \(message)\(table.map { " of \($0)" } ?? "")" }
        package var filter: String { columns.joined(separator: ",") }
    }
}

extension SolutionPart {
    /// The kind, as the listing and the JSON have it; never changes.
    package var kind: String {
        switch self {
        case .publisher: "publisher"
        case .solution: "solution"
        case .table: "table"
        case .column: "column"
        case .lookup: "lookup"
        case .key: "key"
        case .changeTracking: "change_tracking"
        case .dataSource: "data_source"
        case .virtualTable: "virtual_table"
        case .visibility: "visibility_rule"
        case .form: "form"
        case .view: "view"
        case .settingRow: "setting"
        case .endpoint: "webhook"
        case .step: "webhook_step"
        }
    }

    /// Which one of its kind: `table.column` for a column.
    package var name: String {
        switch self {
        case .publisher(let part): part.name
        case .solution(let part): part.name
        case .table(let part): part.name
        case .column(let part): "\(part.table).\(part.name)"
        case .lookup(let part): "\(part.table).\(part.name)"
        case .key(let part): "\(part.table).\(part.name)"
        case .changeTracking(let table): table
        case .dataSource(let part): part.name
        case .virtualTable(let part): part.table.name
        case .visibility(let part): part.table
        case .form(let part): part.table
        case .view(let part): part.table
        case .settingRow(let part): part.name
        case .endpoint(let part): part.name
        case .step(let part): part.name
        }
    }

    /// The table it belongs to or is; nil for what belongs to none.
    package var table: String? {
        switch self {
        case .publisher, .solution, .dataSource, .endpoint, .step: nil
        case .table(let part): part.name
        case .column(let part): part.table
        case .lookup(let part): part.table
        case .key(let part): part.table
        case .changeTracking(let table): table
        case .virtualTable(let part): part.table.name
        case .visibility(let part): part.table
        case .form(let part): part.table
        case .view(let part): part.table
        case .settingRow(let part): part.table
        }
    }

    /// What is wanted, in words.
    package var words: String {
        switch self {
        case .publisher(let part): "publisher with prefix \(part.prefix) and option prefix \(part.optionPrefix)"
        case .solution(let part): "solution \(part.friendlyName) \(part.version)"
        case .table(let part): "table \(part.label)"
        case .column(let part): "\(part.label): \(part.type.words)"
        case .lookup(let part): "\(part.label): lookup to \(part.target)"
        case .key(let part): "alternate key on \(part.columns.joined(separator: ", "))"
        case .changeTracking: "change tracking on"
        case .dataSource(let part): "OData source \(part.address)"
        case .virtualTable(let part): "virtual table \(part.table.label) over \(part.entitySet)"
        case .visibility(let part): "\(part.labels.joined(separator: ", ")): shown only if \(part.condition)"
        case .form(let part): "main form with \(part.fields.map(\.label).joined(separator: ", "))"
        case .view(let part): "default view with \(part.fields.map(\.label).joined(separator: ", "))"
        case .settingRow: "row of the setting, empty: as the hub has it"
        case .endpoint(let part): "webhook to \(part.target?.address ?? "nowhere")"
        case .step(let part):
            "tells of \(part.message)\(part.table.map { " of \($0)" } ?? "")\(part.columns.isEmpty ? "" : " (\(part.columns.joined(separator: ", ")))")"
        }
    }
}
