import Foundation
import Operations

/// Writes a table as CSV by RFC 4180: commas, a line of names first, quotes where a value needs them, lines ended by CR and LF.
enum CSVOutput {
    /// The last line has no end of its own: who prints it gives one.
    static func write(_ table: Table) -> String {
        CSVText.write(table.columns, table.rows)
    }

    static func field(_ value: OutputValue) -> String { CSVText.field(value) }
}
