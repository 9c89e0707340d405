/// Amounts in two directions: the more, the darker.
struct HeatMap: Sendable {
    let id: String
    let title: String
    let summary: String
    let rows: [String]
    let columns: [String]
    /// By row, then column; nil: not known, or not yet.
    let values: [[Double?]]
    /// Which rows and columns are written beside it: each so many.
    var rowsEvery = 1
    var columnsEvery = 1

    private static let (width, left, top, cell) = (720.0, 46.0, 18.0, 15.0)

    var markup: Markup {
        let most = max(1, values.flatMap { $0.compactMap(\.self) }.max() ?? 0)
        let step = (Self.width - Self.left) / Double(max(1, columns.count))
        var svg = SVG()
        for (index, name) in columns.enumerated() where index.isMultiple(of: columnsEvery) {
            svg.text(name, Self.left + step * (Double(index) + 0.5), Self.top - 6, anchor: "middle")
        }
        for (row, name) in rows.enumerated() {
            let y = Self.top + Self.cell * Double(row)
            if row.isMultiple(of: rowsEvery) { svg.text(name, Self.left - 6, y + Self.cell * 0.75, anchor: "end") }
            for (column, value) in values[row].enumerated() {
                guard let value else { continue }
                svg.rectangle(
                    Self.left + step * Double(column) + 0.75, y + 0.75, step - 1.5, Self.cell - 1.5, radius: 2, class: "heat",
                    title: "\(name) \(columns[column]): \(Scale.words(value))",
                    opacity: value == 0 ? 0.05 : 0.12 + 0.88 * value / most)
            }
        }
        return ChartFigure(
            id: id, title: title, summary: summary, width: Self.width, height: Self.top + Self.cell * Double(rows.count) + 2,
            drawing: svg.text, columns: [""] + columns,
            rows: rows.indices.map { row in [rows[row]] + values[row].map { $0.map { Scale.words($0) } ?? "–" } }
        ).markup
    }
}
