import Postgres
import Operations
import Reports

/// Reports as tables: the list of them, and what one answered.
enum ReportListing {
    static func table(_ reports: [Report]) -> Table {
        var table = Table("report", "since", "answers")
        for report in reports {
            table.append(.text(report.name), .text(report.defaultSince?.description), .text(report.answers))
        }
        return table
    }

    /// - Throws: `PostgresError` (`decoding`) when a column has a type that no report should have.
    static func table(_ rows: Rows) throws -> Table {
        let columns = rows.columns
        return Table(columns, rows: try rows.map { row in try columns.indices.map { try OutputValue(row[$0]) } })
    }
}
