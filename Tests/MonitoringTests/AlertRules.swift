import Foundation
import Testing
import Yams

/// The alert rules, read.
struct AlertRules: Decodable {
    struct Group: Decodable {
        let name: String
        let rules: [Rule]
    }

    struct Rule: Decodable {
        let alert: String
        let expr: String
        let labels: [String: String]
        let annotations: [String: String]
    }

    let groups: [Group]
    var all: [Rule] { groups.flatMap(\.rules) }

    static func read() throws -> AlertRules {
        try YAMLDecoder().decode(AlertRules.self, from: MonitoringFiles.text(MonitoringFiles.rules))
    }
}

@Suite struct AlertRuleTests {
    @Test func `Prometheus' own tool reads the rules and the configuration`() async throws {
        for (kind, file) in [("rules", MonitoringFiles.rules), ("config", MonitoringFiles.configuration)] {
            let (status, output) = try await Tool.run("promtool", ["check", kind, file.path()])
            #expect(status == 0 && output.contains("SUCCESS"), "\(output)")
        }
    }

    @Test func `the rules fire when they should, and only then`() async throws {
        let (status, output) = try await Tool.run(
            "promtool", ["test", "rules", MonitoringFiles.ruleTests.lastPathComponent],
            in: MonitoringFiles.ruleTests.deletingLastPathComponent())
        #expect(status == 0, "\(output)")
        let tests = try MonitoringFiles.text(MonitoringFiles.ruleTests)
        for rule in try AlertRules.read().all {
            #expect(tests.contains("alertname=\"\(rule.alert)\""), "\(rule.alert) is seen to fire nowhere")
        }
    }

    @Test func `every alert says how bad it is, what it is and what to do`() throws {
        let rules = try AlertRules.read().all
        #expect(rules.count >= 35 && Set(rules.map(\.alert)).count == rules.count)
        for rule in rules {
            #expect(["critical", "warning", "info"].contains(rule.labels["severity"]), "\(rule.alert)")
            for annotation in ["summary", "description", "runbook_url"] {
                #expect(rule.annotations[annotation]?.isEmpty == false, "\(rule.alert) has no \(annotation)")
            }
            #expect(
                rule.annotations["runbook_url"]
                    == #"{{ or $externalLabels.trunkline_runbooks "docs/runbooks.md" }}#"# + rule.alert.lowercased())
        }
    }

    @Test func `rules use only what docs/metrics.md lists, and as the type it has there`() throws {
        let documented = try MonitoringFiles.documented()
        for rule in try AlertRules.read().all {
            let expression = Expression(text: rule.expr)
            #expect(!expression.metrics.isEmpty || rule.expr.contains("up"), "\(rule.alert) looks at nothing")
            for metric in expression.metrics {
                let type = try #require(documented[metric], "\(rule.alert) uses \(metric), which nobody shows")
                let asked = rule.expr.matches(of: try Regex("(rate|increase)\\(\(metric)(?:_count|_bucket|_sum)?[{\\[]"))
                if type == "gauge" { #expect(asked.isEmpty, "\(rule.alert) takes the rate of the gauge \(metric)") }
                let parts = rule.expr.matches(of: try Regex("\(metric)_(bucket|count|sum)\\b"))
                #expect(parts.isEmpty || type == "histogram", "\(rule.alert) takes \(metric) for a histogram")
            }
        }
    }
}
