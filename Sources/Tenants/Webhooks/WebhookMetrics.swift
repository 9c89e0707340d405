import Metrics

/// The listener's figures; docs/metrics.md lists them.
enum WebhookMetrics {
    static func answered(_ result: String, tenant: String) {
        Counter(label: "trunkline.webhooks", dimensions: [("tenant", tenant), ("result", result)]).increment()
    }

    /// From the right token to the answer.
    static func answer(_ duration: Duration, tenant: String) {
        Timer(label: "trunkline.webhooks.answer", dimensions: [("tenant", tenant)])
            .recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }

    /// Seconds from an event to its webhook, by both sides' clocks.
    static func delay(_ seconds: Double, tenant: String, subject: WebhookEvent.Subject) {
        Timer(label: "trunkline.webhooks.delay", dimensions: [("tenant", tenant), ("event", subject.rawValue)])
            .recordSeconds(max(0, seconds))
    }
}
