import Metrics

/// Figures of the whole hub, as the database has them; docs/metrics.md lists the names. Every instance that may read them shows the same.
enum HubMetrics {
    /// Jobs of one kind, lane and state.
    struct QueuePlace: Sendable, Hashable {
        var queue: String
        var kind: String
        var lane: String
        var state: String

        fileprivate var labels: [(String, String)] { [("queue", queue), ("kind", kind), ("lane", lane), ("state", state)] }
    }

    static func queue(_ place: QueuePlace, jobs: Int, oldestSeconds: Double) {
        Gauge(label: "trunkline.queue.jobs", dimensions: place.labels).record(jobs)
        Gauge(label: "trunkline.queue.oldest.seconds", dimensions: place.labels).record(oldestSeconds)
    }

    static func counted(ageSeconds: Double) { Gauge(label: "trunkline.queue.counted.age.seconds").record(ageSeconds) }

    static func pauses(_ number: Int, oldestSeconds: Double) {
        Gauge(label: "trunkline.queue.pauses").record(number)
        Gauge(label: "trunkline.queue.pause.oldest.seconds").record(oldestSeconds)
    }

    static func partitions(of table: String, aheadSeconds: Double) {
        Gauge(label: "trunkline.partitions.ahead.seconds", dimensions: [("table", table)]).record(aheadSeconds)
    }

    static func watermark(_ tenant: String, _ source: String, lagSeconds: Double) {
        Gauge(label: "trunkline.watermark.lag.seconds", dimensions: [("tenant", tenant), ("source", source)]).record(lagSeconds)
    }

    /// - Parameter of: `calls` or `callbacks`.
    static func balance(_ tenant: String, of: String, daysAgo: Int, difference: Int) {
        let dimensions = [("tenant", tenant), ("of", of), ("days_ago", "\(daysAgo)")]
        Gauge(label: "trunkline.balance.difference", dimensions: dimensions).record(difference)
    }

    static func expectsWebhooks(_ tenant: String, _ isExpected: Bool) {
        Gauge(label: "trunkline.webhooks.expected", dimensions: [("tenant", tenant)]).record(isExpected ? 1 : 0)
    }

    /// What the loss meter says of the last hour or two.
    static func loss(_ tenant: String, event: String, told: Int, lost: Int) {
        Gauge(label: "trunkline.webhooks.told", dimensions: [("tenant", tenant), ("event", event)]).record(told)
        Gauge(label: "trunkline.webhooks.lost", dimensions: [("tenant", tenant), ("event", event)]).record(lost)
    }

    static func directory(_ tenant: String, table: String, ageSeconds: Double) {
        Gauge(label: "trunkline.directory.age.seconds", dimensions: [("tenant", tenant), ("table", table)]).record(ageSeconds)
    }
}
