import Foundation

/// Values over time: one line for each series, the first with its area filled.
struct LineChart: Sendable {
    struct Series: Sendable {
        let name: String
        /// One for each time; nil leaves a gap.
        let values: [Double?]
    }

    let id: String
    let title: String
    let summary: String
    let times: [Date]
    let series: [Series]
    /// How times are written below, and in the table.
    var timeFormat: ChartTime = .minute
    /// How values are written in the table and beside the lines.
    var words: @Sendable (Double) -> String = { Scale.words($0) }

    private static let (width, height, left, right, top, bottom) = (720.0, 220.0, 52.0, 12.0, 12.0, 26.0)

    var markup: Markup {
        let scale = Scale(largest: series.flatMap { $0.values.compactMap(\.self) }.max() ?? 0)
        var svg = SVG()
        grid(scale, into: &svg)
        for (index, line) in series.enumerated().reversed() {
            svg.group(class: Self.style(index)) { draw(line, scale, isFilled: index == 0, style: Self.style(index), into: &$0) }
        }
        return ChartFigure(
            id: id, title: title, summary: summary, width: Self.width, height: Self.height, drawing: svg.text,
            legend: series.enumerated().map { ($0.element.name, Self.style($0.offset)) },
            columns: ["Time (UTC)"] + series.map(\.name),
            rows: rows
        ).markup
    }

    private var rows: [[String]] {
        times.indices.map { index in
            [timeFormat.words(times[index])] + series.map { $0.values[index].map(words) ?? "–" }
        }
    }

    private func grid(_ scale: Scale, into svg: inout SVG) {
        for mark in scale.marks {
            let y = y(mark, scale)
            svg.line(Self.left, y, Self.width - Self.right, y, class: mark == 0 ? "axis" : "rule")
            svg.text(words(mark), Self.left - 6, y + 4, anchor: "end")
        }
        guard times.count > 1 else { return }
        let every = max(1, times.count / 8)
        for index in stride(from: 0, to: times.count, by: every) {
            svg.text(timeFormat.words(times[index]), x(index), Self.height - 8, anchor: index == 0 ? "start" : "middle")
        }
    }

    private func draw(_ line: Series, _ scale: Scale, isFilled: Bool, style: String, into svg: inout SVG) {
        for run in Self.runs(line.values) {
            let points = run.map { (x($0.index), y($0.value, scale)) }
            let way = points.enumerated().map { index, point in
                "\(index == 0 ? "M" : "L")\(SVG.short(point.0)) \(SVG.short(point.1))"
            }.joined()
            if isFilled, let first = points.first, let last = points.last {
                let base = SVG.short(y(0, scale))
                svg.path("\(way)L\(SVG.short(last.0)) \(base)L\(SVG.short(first.0)) \(base)Z", class: "area")
            }
            // A single value between two gaps would be a line without length.
            svg.path(points.count == 1 ? way + "h0.01" : way, class: "stroke \(ChartFigure.dash(style))")
        }
    }

    /// Stretches without gaps.
    private static func runs(_ values: [Double?]) -> [[(index: Int, value: Double)]] {
        values.enumerated().reduce(into: [[]]) { runs, next in
            if let value = next.element { runs[runs.count - 1].append((next.offset, value)) } else { runs.append([]) }
        }.filter { !$0.isEmpty }
    }

    private func x(_ index: Int) -> Double {
        Self.left + (Self.width - Self.left - Self.right) * Double(index) / Double(max(1, times.count - 1))
    }

    private func y(_ value: Double, _ scale: Scale) -> Double {
        let room = Self.height - Self.top - Self.bottom
        return Self.top + room * (1 - value / scale.top)
    }

    static func style(_ index: Int) -> String { "s\(index % 6 + 1)" }
}

/// How much of a moment a chart writes; always UTC.
enum ChartTime: Sendable {
    case minute, hour, day

    func words(_ date: Date) -> String {
        let base = Date.ISO8601FormatStyle(timeZone: .gmt)
        return switch self {
        case .minute: String(date.formatted(base.time(includingFractionalSeconds: false)).prefix(5))
        case .hour:
            String(
                date.formatted(base.month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)).dropLast(3))
        case .day: date.formatted(base.year().month().day())
        }
    }
}
