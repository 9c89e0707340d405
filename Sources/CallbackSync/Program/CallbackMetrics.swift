import Metrics

/// The program's own figures; docs/metrics.md lists them.
enum CallbackMetrics {
    static func intake(_ outcome: CallbackIntake.Outcome, tenant: String, source: String) {
        count("trunkline.callbacks.seen", outcome.seen, [("tenant", tenant), ("source", source)])
        count("trunkline.callbacks.new", outcome.new, [("tenant", tenant), ("source", source)])
        count("trunkline.callbacks.changed", outcome.changed, [("tenant", tenant), ("source", source)])
    }

    static func finished(_ state: String, _ number: Int, tenant: String) {
        count("trunkline.callbacks.finished", number, [("tenant", tenant), ("state", state)])
    }

    static func closed(_ how: String, tenant: String) {
        count("trunkline.callbacks.closed", 1, [("tenant", tenant), ("how", how)])
    }

    /// Seconds from the moment the hub saw a request to its phone call.
    static func latency(_ seconds: Double, tenant: String) {
        Timer(label: "trunkline.callbacks.latency", dimensions: [("tenant", tenant)]).recordSeconds(max(0, seconds))
    }

    private static func count(_ label: String, _ number: Int, _ dimensions: [(String, String)]) {
        guard number > 0 else { return }
        Counter(label: label, dimensions: dimensions).increment(by: Int64(number))
    }
}
