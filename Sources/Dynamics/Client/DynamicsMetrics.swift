import Metrics

/// What the client counts; the names are listed in docs/metrics.md.
enum DynamicsMetrics {
    static func request(_ kind: Transport.Kind, status: Int, elapsed: Duration) {
        let dimensions = [("kind", kind.rawValue), ("status", status == 0 ? "none" : String(status))]
        Counter(label: "trunkline.dynamics.requests", dimensions: dimensions).increment()
        Timer(label: "trunkline.dynamics.request", dimensions: [("kind", kind.rawValue)])
            .recordNanoseconds(Int64(elapsed / .nanoseconds(1)))
    }

    static func operations(_ count: Int) {
        Counter(label: "trunkline.dynamics.operations").increment(by: count)
    }
}
