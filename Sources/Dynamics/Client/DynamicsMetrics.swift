import Metrics

/// What the client counts; the names are listed in docs/dynamics.md.
enum DynamicsMetrics {
    static func request(_ kind: Transport.Kind, status: Int, elapsed: Duration) {
        let dimensions = [("kind", kind.rawValue), ("status", status == 0 ? "none" : String(status))]
        Counter(label: "dynamics_requests", dimensions: dimensions).increment()
        Timer(label: "dynamics_request_seconds", dimensions: [("kind", kind.rawValue)])
            .recordNanoseconds(Int64(elapsed / .nanoseconds(1)))
    }

    static func operations(_ count: Int) {
        Counter(label: "dynamics_operations").increment(by: count)
    }
}
