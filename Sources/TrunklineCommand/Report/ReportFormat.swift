import ArgumentParser
import Operations

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json

    /// The rows in this form. `none` stands for a table without rows; the others are empty in their own way.
    func text(_ table: Table, none: String) -> String {
        switch self {
        case .table: table.text(none: none)
        case .csv: CSVOutput.write(table)
        case .json: JSONOutput.write(table.json)
        }
    }
}
