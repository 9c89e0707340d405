import Foundation

/// What lies in deploy/monitoring, and the pages that explain it.
enum MonitoringFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    static let folder = root.appending(path: "deploy/monitoring")
    static let configuration = folder.appending(path: "prometheus.yml")
    static let rules = folder.appending(path: "rules/trunkline.yml")
    static let ruleTests = folder.appending(path: "rules/trunkline_test.yml")
    static let dashboard = folder.appending(path: "grafana/dashboards/trunkline.json")
    static let runbooks = root.appending(path: "docs/runbooks.md")

    static func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// Type of each metric on docs/metrics.md, by its name.
    static func documented() throws -> [String: String] {
        let page = try text(root.appending(path: "docs/metrics.md"))
        let rows = page.matches(of: /(?m)^\| `([a-z_]+)` \| (counter|gauge|histogram) \|/)
        return Dictionary(rows.map { (String($0.1), String($0.2)) }) { first, _ in first }
    }
}

/// A PromQL expression, as far as the names of the metrics in it are of interest.
struct Expression {
    let text: String

    /// Metrics that the hub's programs show, histograms' series under the name of the histogram.
    var metrics: Set<String> {
        let withoutTexts = text.replacing(/"[^"]*"/, with: "\"\"")
        let names = withoutTexts.matches(of: /\b(?:trunkline|process)_[a-z0-9_]+/).map { String($0.0) }
        return Set(names.map { $0.replacing(/_(bucket|count|sum)$/, with: "") })
    }

    /// The expression with the dashboard's variables given.
    var concrete: String {
        text.replacing("$tenant", with: ".*").replacing("$program", with: ".*").replacing("$__rate_interval", with: "1m")
    }
}
