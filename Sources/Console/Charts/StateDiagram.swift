/// The states of jobs and the ways between them, with how many stand where now. docs/jobs.md has the same picture.
struct StateDiagram: Sendable {
    /// Jobs by state as in `hub.jobs`; finished ones of the last hour under `done`.
    let counts: [String: Int]

    private struct Node {
        let name: String
        let states: [String]
        let x: Double
        let y: Double
    }

    private struct Way {
        let from: String
        let to: String
        let d: String
        let words: String
        let x: Double
        let y: Double
    }

    private static let (width, height, nodeWidth, nodeHeight) = (600.0, 290.0, 120.0, 56.0)

    private static let nodes = [
        Node(name: "waiting", states: ["waiting"], x: 2, y: 20),
        Node(name: "ready", states: ["ready"], x: 240, y: 20),
        Node(name: "running", states: ["running"], x: 478, y: 20),
        Node(name: "later", states: ["scheduled", "retry", "snoozed", "held"], x: 240, y: 116),
        Node(name: "dead", states: ["dead"], x: 478, y: 226),
        Node(name: "done in an hour", states: ["done"], x: 240, y: 226),
    ]

    private static let ways = [
        Way(from: "waiting", to: "ready", d: "M122 48H236", words: "its turn", x: 179, y: 41),
        Way(from: "ready", to: "running", d: "M360 38H474", words: "claimed", x: 417, y: 31),
        Way(from: "running", to: "ready", d: "M478 56H364", words: "handed back", x: 420, y: 70),
        Way(from: "running", to: "later", d: "M500 76C470 120 420 134 364 138", words: "tried again", x: 434, y: 112),
        Way(from: "later", to: "ready", d: "M300 116V80", words: "due", x: 308, y: 102),
        Way(from: "running", to: "dead", d: "M560 76V222", words: "given up", x: 553, y: 160),
        Way(from: "running", to: "done", d: "M524 76C500 170 440 226 364 246", words: "finished", x: 436, y: 202),
        Way(from: "dead", to: "done", d: "M478 266H364", words: "cancelled", x: 420, y: 282),
    ]

    /// What the arrows join.
    static var connections: [(from: String, to: String)] { ways.map { ($0.from, $0.to) } }

    var markup: Markup {
        var svg = SVG()
        for way in Self.ways {
            svg.path(way.d, class: "way")
            tip(of: way.d, into: &svg)
            svg.text(way.words, way.x, way.y, anchor: way.to == "dead" ? "end" : way.from == "later" ? "start" : "middle")
        }
        for node in Self.nodes { draw(node, into: &svg) }
        return ChartFigure(
            id: "states", title: "States of jobs", summary: "Each job stands in one state; arrows are the ways between them.",
            width: Self.width, height: Self.height, drawing: svg.text, columns: ["State", "Jobs"],
            rows: Self.nodes.flatMap { node in node.states.map { [$0, Count.grouped(counts[$0] ?? 0)] } }
        ).markup
    }

    private func draw(_ node: Node, into svg: inout SVG) {
        let jobs = node.states.reduce(0) { $0 + (counts[$1] ?? 0) }
        let look = node.name == "dead" ? (jobs > 0 ? "bad" : "") : (node.name == "running" && jobs > 0 ? "busy" : "")
        svg.group(class: "node \(look)") {
            $0.rectangle(node.x, node.y, Self.nodeWidth, Self.nodeHeight, radius: 9, class: "box")
            $0.text(node.name, node.x + Self.nodeWidth / 2, node.y + 22, anchor: "middle")
            $0.text(Count.grouped(jobs), node.x + Self.nodeWidth / 2, node.y + 44, anchor: "middle", class: "count")
        }
    }

    /// The arrow's head, where the way ends.
    private func tip(of d: String, into svg: inout SVG) {
        let numbers = d.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
        let (end, from): ((Double, Double), (Double, Double)) =
            if let h = d.firstIndex(of: "H"), let x = Double(d[d.index(after: h)...]) {
                ((x, numbers[1]), (numbers[0], numbers[1]))
            } else if let v = d.firstIndex(of: "V"), let y = Double(d[d.index(after: v)...]) {
                ((numbers[0], y), (numbers[0], numbers[1]))
            } else {
                ((numbers[6], numbers[7]), (numbers[4], numbers[5]))
            }
        let (dx, dy) = (end.0 - from.0, end.1 - from.1)
        let length = max(0.001, (dx * dx + dy * dy).squareRoot())
        let (ux, uy) = (dx / length, dy / length)
        let base = (end.0 - ux * 8, end.1 - uy * 8)
        let points = [end, (base.0 - uy * 4.2, base.1 + ux * 4.2), (base.0 + uy * 4.2, base.1 - ux * 4.2)]
        let way = points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(SVG.short($0.element.0)) \(SVG.short($0.element.1))" }
        svg.path(way.joined() + "Z", class: "tip")
    }
}
