import Metrics

/// Sets a budget's gauges; the names are listed in docs/metrics.md.
struct BudgetMetrics: Sendable {
    let tenant: String

    func record(_ figures: BudgetFigures) {
        for lane in BudgetLane.allCases {
            let name = [("lane", "\(lane)")]
            gauge("admitted", Double(figures.admitted[lane] ?? 0), name)
            gauge("waited", figures.waitedSeconds[lane] ?? 0, name)
            gauge("waiting", Double(figures.waiting[lane] ?? 0), name)
        }
        for kind in ThrottleKind.allCases {
            gauge("throttled", Double(figures.throttled[kind] ?? 0), [("limit", kind.rawValue)])
        }
        gauge("in_flight", Double(figures.inFlight))
        gauge("width", Double(figures.concurrencyLimit))
        gauge("servers", Double(figures.servers))
        if let seconds = figures.remainingExecutionSeconds { gauge("remaining_seconds", seconds) }
        if let requests = figures.remainingRequests { gauge("remaining_requests", Double(requests)) }
        gauge("blocked_seconds", figures.blockedSeconds)
    }

    private func gauge(_ name: String, _ value: Double, _ labels: [(String, String)] = []) {
        Gauge(label: "trunkline.dynamics.budget.\(name)", dimensions: [("tenant", tenant)] + labels).record(value)
    }
}
