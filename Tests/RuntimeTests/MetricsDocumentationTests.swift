import Foundation
import Testing

@testable import Runtime

/// docs/metrics.md against the code that makes the figures.
@Suite struct MetricsDocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    private static func sources() throws -> [(name: String, text: String)] {
        let folder = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    /// Name and type of each row.
    private static func documented() throws -> [String: String] {
        let page = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
        let rows = page.matches(of: /(?m)^\| `([a-z_]+)` \| (counter|gauge|histogram) \|/)
        return Dictionary(rows.map { (String($0.1), String($0.2)) }, uniquingKeysWith: { first, _ in first })
    }

    /// What the metrics files make, under Prometheus' names. A call through a helper counts as what the helper makes.
    private static func made() throws -> [String: String] {
        var made: [String: String] = [:]
        for (name, text) in try sources() where name.hasSuffix("Metrics.swift") {
            for match in text.matches(of: /(Counter|Timer|Gauge|count|gauge)\((?:label: )?"([a-z._]+)"/) {
                switch match.1 {
                case "Counter", "count": made[PrometheusName.counter(String(match.2))] = "counter"
                case "Timer": made[PrometheusName.timer(String(match.2))] = "histogram"
                case "Gauge": made[PrometheusName.base(String(match.2))] = "gauge"
                default:
                    let prefix = try #require(text.firstMatch(of: /Gauge\(label: "([a-z.]+)\\\(/)).1
                    made[PrometheusName.base(String(prefix) + String(match.2))] = "gauge"
                }
            }
        }
        return made
    }

    @Test func `every figure of the code is on the page with its type, and nothing else is`() throws {
        let made = try Self.made()
        #expect(made.count >= 25)
        let ours = try Self.documented().filter { $0.key.hasPrefix("trunkline_") && !$0.key.hasPrefix("trunkline_metrics_") }
        #expect(ours == made)
    }

    @Test func `figures are made in files named for them, so that the page can be compared`() throws {
        for (name, text) in try Self.sources() where !name.hasSuffix("Metrics.swift") {
            #expect(text.firstMatch(of: /\b(Counter|Timer|Gauge|Meter|Recorder)\(label:/) == nil, "\(name)")
        }
    }

    @Test func `the registry's own figures are on the page`() throws {
        let registry = PrometheusRegistry()
        ProcessFigures.add(to: registry)
        let documented = try Self.documented()
        let shown = registry.text().matches(of: #/(?m)^# TYPE ([a-z_]+) .*$/#).map { String($0.1) }
        #expect(shown.count >= 4)
        for name in shown { #expect(documented[name] != nil, "\(name)") }
    }
}
