/// Amounts side by side, each a bar of stacked parts.
struct BarChart: Sendable {
    struct Bar: Sendable {
        let name: String
        /// One for each part.
        let values: [Double]
    }

    let id: String
    let title: String
    let summary: String
    /// Names of the parts, from the bottom up, and the style of each (`s1` …).
    let parts: [(name: String, style: String)]
    let bars: [Bar]

    private static let (width, height, left, right, top, bottom) = (720.0, 220.0, 52.0, 8.0, 12.0, 26.0)

    var markup: Markup {
        let scale = Scale(largest: bars.map { $0.values.reduce(0, +) }.max() ?? 0)
        var svg = SVG()
        for mark in scale.marks {
            let y = y(mark, scale)
            svg.line(Self.left, y, Self.width - Self.right, y, class: mark == 0 ? "axis" : "rule")
            svg.text(Scale.words(mark), Self.left - 6, y + 4, anchor: "end")
        }
        let slot = (Self.width - Self.left - Self.right) / Double(max(1, bars.count))
        let every = max(1, (bars.count + 11) / 12)
        for (index, bar) in bars.enumerated() {
            draw(bar, at: Self.left + slot * Double(index), slot, scale, into: &svg)
            if index.isMultiple(of: every) {
                svg.text(bar.name, Self.left + slot * (Double(index) + 0.5), Self.height - 8, anchor: "middle")
            }
        }
        return ChartFigure(
            id: id, title: title, summary: summary, width: Self.width, height: Self.height, drawing: svg.text, legend: parts,
            columns: [""] + parts.map(\.name), rows: bars.map { [$0.name] + $0.values.map { Scale.words($0) } }
        ).markup
    }

    private func draw(_ bar: Bar, at x: Double, _ slot: Double, _ scale: Scale, into svg: inout SVG) {
        var base = 0.0
        for (part, value) in zip(parts, bar.values) where value > 0 {
            let (top, bottom) = (y(base + value, scale), y(base, scale))
            svg.group(class: part.style) {
                $0.rectangle(
                    x + slot * 0.14, top, slot * 0.72, max(0.8, bottom - top), class: "fill",
                    title: "\(bar.name): \(part.name) \(Scale.words(value))")
            }
            base += value
        }
    }

    private func y(_ value: Double, _ scale: Scale) -> Double {
        Self.top + (Self.height - Self.top - Self.bottom) * (1 - value / scale.top)
    }
}
