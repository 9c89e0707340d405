import Foundation
import Testing

/// The dashboard of Grafana, as far as it can be known without Grafana.
struct Dashboard: Decodable {
    struct Panel: Decodable {
        struct Place: Decodable, Hashable {
            let x: Int
            let y: Int
            let w: Int
            let h: Int
        }
        struct Target: Decodable {
            let refId: String
            let expr: String
        }
        let id: Int
        let type: String
        let title: String
        let gridPos: Place
        let targets: [Target]?
    }

    struct Templating: Decodable {
        struct Variable: Decodable {
            let name: String
            let type: String
            let definition: String?
        }
        let list: [Variable]
    }

    let uid: String
    let title: String
    let panels: [Panel]
    let templating: Templating

    static func read() throws -> Dashboard {
        try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: MonitoringFiles.dashboard))
    }

    var expressions: [(panel: String, expression: Expression)] {
        panels.flatMap { panel in (panel.targets ?? []).map { (panel.title, Expression(text: $0.expr)) } }
    }
}

@Suite struct DashboardTests {
    @Test func `panels have a number each, lie beside each other within the page, and show something`() throws {
        let panels = try Dashboard.read().panels
        #expect(Set(panels.map(\.id)).count == panels.count)
        var taken: Set<[Int]> = []
        for panel in panels {
            let place = panel.gridPos
            #expect(place.x >= 0 && place.x + place.w <= 24, "\(panel.title)")
            for x in place.x..<place.x + place.w {
                for y in place.y..<place.y + place.h {
                    #expect(taken.insert([x, y]).inserted, "\(panel.title) lies over another")
                }
            }
            let targets = panel.targets ?? []
            #expect(panel.type == "row" || !targets.isEmpty, "\(panel.title)")
            #expect(Set(targets.map(\.refId)).count == targets.count, "\(panel.title)")
        }
    }

    @Test func `there are a tenant and a program to choose, and panels go by them`() throws {
        let dashboard = try Dashboard.read()
        let names = dashboard.templating.list.map(\.name)
        #expect(names == ["datasource", "tenant", "program"])
        for name in ["tenant", "program"] {
            #expect(dashboard.expressions.count { $0.expression.text.contains("$\(name)") } >= 5)
        }
        for variable in dashboard.templating.list where variable.type == "query" {
            let metrics = Expression(text: variable.definition ?? "").metrics
            #expect(metrics.count == 1)
            for metric in metrics { #expect(try MonitoringFiles.documented()[metric] != nil) }
        }
    }

    @Test func `every metric on it is one that docs/metrics.md lists`() throws {
        let documented = try MonitoringFiles.documented()
        for (panel, expression) in try Dashboard.read().expressions {
            #expect(
                !expression.metrics.isEmpty || expression.text.contains("up") || expression.text.contains("ALERTS"), "\(panel)")
            for metric in expression.metrics { #expect(documented[metric] != nil, "\(panel) uses \(metric), which nobody shows") }
        }
    }

    @Test func `what matters to whoever looks is on it`() throws {
        let shown = try Dashboard.read().expressions.reduce(into: Set<String>()) { $0.formUnion($1.expression.metrics) }
        for metric in [
            "trunkline_queue_jobs", "trunkline_queue_oldest_seconds", "trunkline_calls_latency_seconds",
            "trunkline_jobs_finished_total",
            "trunkline_dynamics_budget_remaining_seconds", "trunkline_route_latency_seconds", "trunkline_route_answers_total",
            "trunkline_build_info", "trunkline_balance_difference", "trunkline_health",
        ] {
            #expect(shown.contains(metric))
        }
    }
}
