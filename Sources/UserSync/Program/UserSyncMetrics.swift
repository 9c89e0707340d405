import Metrics

/// The program's own figures; docs/metrics.md lists them.
enum UserSyncMetrics {
    static func people(_ number: Int, state: String, tenant: String) {
        Gauge(label: "trunkline.people", dimensions: [("tenant", tenant), ("state", state)]).record(number)
    }

    static func idsWritten(_ number: Int, tenant: String) {
        guard number > 0 else { return }
        Counter(label: "trunkline.people.ids.written", dimensions: [("tenant", tenant)]).increment(by: Int64(number))
    }

    static func webhook(tenant: String, result: String) {
        Counter(label: "trunkline.dynamics.webhooks", dimensions: [("tenant", tenant), ("result", result)]).increment()
    }
}
