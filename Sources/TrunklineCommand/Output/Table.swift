import Operations

/// Rows under named columns: what each listing subcommand answers.
struct Table: Sendable {
    /// Names of the columns: the heads of the table in capitals, the keys of the JSON objects as they are.
    let columns: [String]
    private(set) var rows: [[OutputValue]]

    init(_ columns: String..., rows: [[OutputValue]] = []) {
        self.init(columns, rows: rows)
    }

    init(_ columns: [String], rows: [[OutputValue]]) {
        self.columns = columns
        self.rows = rows
    }

    mutating func append(_ row: OutputValue...) {
        precondition(row.count == columns.count, "a row has one value for each column")
        rows.append(row)
    }

    /// The rows as a JSON array of objects.
    var json: OutputValue {
        .list(rows.map { row in .object(zip(columns, row).map { OutputValue.Member(name: $0, value: $1) }) })
    }

    /// The rows as lines of aligned text, numbers to the right, with a line of heads; `none` alone when there is no row.
    func text(none: String) -> String {
        guard !rows.isEmpty else { return none }
        let heads = columns.map { $0.replacing("_", with: " ").uppercased() }
        let cells = rows.map { $0.map { $0.plain.replacing("\n", with: " ") } }
        let widths = columns.indices.map { column in
            ([heads[column]] + cells.map { $0[column] }).map(\.count).max() ?? 0
        }
        let right = columns.indices.map { column in
            rows.allSatisfy { $0[column].isNumber || $0[column] == .none } && rows.contains { $0[column].isNumber }
        }
        return ([heads] + cells).map { line in
            columns.indices.map { column in
                let pad = String(repeating: " ", count: widths[column] - line[column].count)
                return right[column] ? pad + line[column] : line[column] + pad
            }.joined(separator: "  ").trimmingEnd()
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
