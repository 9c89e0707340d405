import Foundation
import Operations
import Testing

@testable import Console

@Suite struct ChartTests {
    @Test(arguments: [(0.0, 1.0), (1, 1), (7, 8), (99, 100), (101, 150), (1234, 1500), (0.03, 0.03)])
    func `a scale ends at a round number that is large enough`(largest: Double, top: Double) {
        let scale = Scale(largest: largest)
        #expect(abs(scale.top - top) < 1e-9)
        #expect(scale.top >= largest)
        #expect(scale.marks.first == 0)
    }

    @Test(arguments: [
        (0.25, "0.25"), (3, "3"), (99.5, "99.5"), (1200, "1\u{202F}200"), (12_000, "12 k"), (1_500_000, "1.5 M"),
    ])
    func `values are written short`(value: Double, words: String) {
        #expect(Scale.words(value) == words)
    }

    private func wellFormed(_ markup: Markup) throws {
        let parser = XMLCheck()
        #expect(parser.check("<div>\(markup)</div>"), "\(markup)")
    }

    @Test func `a line chart has a title, a description, its values in a table, and gaps`() throws {
        let start = Date(timeIntervalSince1970: 0)
        let chart = LineChart(
            id: "flow", title: "A <b> & \"c\"", summary: "What it shows",
            times: (0..<4).map { start.addingTimeInterval(Double($0) * 60) },
            series: [.init(name: "in", values: [1, nil, 3, 4]), .init(name: "out", values: [0, 0, 0, 0])]
        ).markup
        try wellFormed(chart)
        let text = chart.description
        #expect(text.contains("<title id=\"flow-title\">A &lt;b&gt; &amp; &quot;c&quot;</title>"))
        #expect(text.contains("aria-labelledby=\"flow-title flow-summary\""))
        #expect(text.contains("<tr><th scope=\"row\">00:01</th><td class=\"number\">–</td><td class=\"number\">0</td></tr>"))
        // Two strokes of the first series, since it has a gap, and one of the second.
        #expect(text.matches(of: /class="stroke [^"]*" d="M[^"]*"/).count == 3 + 2)
    }

    @Test func `bars stack, and a heat map leaves out what is not known`() throws {
        let bars = BarChart(
            id: "days", title: "Days", summary: "By day", parts: [("a", "s1"), ("b", "s5")],
            bars: [.init(name: "1", values: [3, 0]), .init(name: "2", values: [1, 2])]
        ).markup
        try wellFormed(bars)
        #expect(bars.description.matches(of: /class="fill"/).count == 3)
        let heat = HeatMap(id: "heat", title: "Heat", summary: "All", rows: ["0"], columns: ["a", "b"], values: [[2, nil]]).markup
        try wellFormed(heat)
        #expect(heat.description.matches(of: /class="heat"/).count == 1)
    }

    @Test func `the state diagram counts what stands where and knows every state`() throws {
        let diagram = StateDiagram(counts: ["ready": 12_345, "retry": 2, "held": 3, "dead": 1]).markup
        try wellFormed(diagram)
        #expect(diagram.description.contains(">12\u{202F}345</text>"))
        #expect(diagram.description.contains("<td class=\"number\">3</td>"))
        for state in ConsoleJobFilter.states where !["cancelled", "superseded"].contains(state) {
            #expect(diagram.description.contains("<th scope=\"row\">\(state)</th>"), "\(state)")
        }
    }

    @Test func `the backlog has a line for what is ready, what is tried again and what is for later`() throws {
        let start = Date(timeIntervalSince1970: 0)
        let chart = OverviewCharts.backlog([
            .init(at: start, ready: 12, retry: 3, later: 0),
            .init(at: start.addingTimeInterval(600), ready: 0, retry: 0, later: 45_000),
        ])
        try wellFormed(chart)
        let text = chart.description
        // Three lines, and a short one for each in the legend.
        #expect(text.matches(of: /class="stroke [^"]*" d="M[^"]*"/).count == 3 + 3)
        for words in ["ready", "to be tried again", "later"] {
            #expect(text.contains("<th scope=\"col\" class=\"number\">\(words)</th>"))
        }
        #expect(
            text.contains(
                "<tr><th scope=\"row\">00:10</th><td class=\"number\">0</td><td class=\"number\">0</td><td class=\"number\">45 k</td></tr>"
            ))
    }

    @Test func `nothing to draw is drawn, too`() throws {
        try wellFormed(LineChart(id: "a", title: "t", summary: "s", times: [], series: [.init(name: "x", values: [])]).markup)
        try wellFormed(BarChart(id: "b", title: "t", summary: "s", parts: [], bars: []).markup)
        try wellFormed(HeatMap(id: "c", title: "t", summary: "s", rows: [], columns: [], values: []).markup)
    }
}
