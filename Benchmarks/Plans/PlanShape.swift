import Foundation

/// What a plan reads and by which way: each scan once, partitions of one table as one.
struct PlanShape: Sendable, CustomStringConvertible {
    let scans: [String]

    var description: String { scans.joined(separator: ", ") }

    /// - Parameter json: what `EXPLAIN (FORMAT JSON)` answers.
    init(json: [UInt8]) throws {
        let plans = try JSONDecoder().decode([Explained].self, from: Data(json))
        var scans: [String] = []
        for plan in plans { plan.plan.collect(into: &scans) }
        self.scans = scans
    }

    /// - Parameter text: the same as `EXPLAIN` and auto_explain write it for people.
    init(text: String) {
        var scans: [String] = []
        for line in text.split(separator: "\n") {
            guard let node = line.firstMatch(of: /(Index|Seq|Function) (?:Only )?Scan (?:Backward )?(?:using|on) ([a-z0-9_.]+)/)
            else {
                continue
            }
            let type = node.1 == "Seq" ? "Seq Scan" : node.1 == "Function" ? "Function Scan" : "Index Scan"
            let scan = Self.scan(type, node.1 == "Function" ? "\(node.2)()" : String(node.2))
            if !scans.contains(scan) { scans.append(scan) }
        }
        self.scans = scans
    }

    private static func scan(_ type: String, _ target: String) -> String {
        let way =
            switch type {
            case "Seq Scan": "all of"
            case "Function Scan": "calls"
            default: "by"
            }
        return "\(way) \(target.replacing(/_[0-9_]{6,}/, with: "_…"))"
    }

    private struct Explained: Decodable {
        var plan: Node
        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private struct Node: Decodable {
        var type: String
        var relation: String?
        var index: String?
        var function: String?
        var plans: [Node]?

        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case relation = "Relation Name"
            case index = "Index Name"
            case function = "Function Name"
            case plans = "Plans"
        }

        func collect(into scans: inout [String]) {
            let target = index ?? relation ?? function.map { "\($0)()" }
            if let target, type != "Bitmap Heap Scan" {
                let scan = PlanShape.scan(type, target)
                if !scans.contains(scan) { scans.append(scan) }
            }
            for plan in plans ?? [] { plan.collect(into: &scans) }
        }
    }
}
