import Metrics

/// The client's figures; docs/metrics.md lists them.
enum EnreachMetrics {
    static func request(route: String, outcome: String, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        Timer(label: "trunkline.enreach.request.duration", dimensions: [("route", route), ("outcome", outcome)])
            .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    static func retry(route: String, reason: String) {
        Counter(label: "trunkline.enreach.retries", dimensions: [("route", route), ("reason", reason)]).increment()
    }

    static func malformedElements(route: String, count: Int) {
        Counter(label: "trunkline.enreach.malformed.elements", dimensions: [("route", route)]).increment(by: Int64(count))
    }
}
