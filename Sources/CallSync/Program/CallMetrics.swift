import Metrics

/// The program's own figures; docs/metrics.md lists them.
enum CallMetrics {
    static func intake(_ outcome: Intake.Outcome, tenant: String, source: String) {
        count("trunkline.calls.seen", outcome.seen, [("tenant", tenant), ("source", source)])
        count("trunkline.calls.new", outcome.new, [("tenant", tenant), ("source", source)])
        count("trunkline.calls.changed", outcome.changed, [("tenant", tenant), ("source", source)])
    }

    static func finished(_ state: String, _ number: Int, tenant: String) {
        count("trunkline.calls.finished", number, [("tenant", tenant), ("state", state)])
    }

    /// Seconds from a call's end to its record.
    static func latency(_ seconds: Double, tenant: String) {
        Timer(label: "trunkline.calls.latency", dimensions: [("tenant", tenant)]).recordSeconds(seconds)
    }

    private static func count(_ label: String, _ number: Int, _ dimensions: [(String, String)]) {
        guard number > 0 else { return }
        Counter(label: label, dimensions: dimensions).increment(by: Int64(number))
    }
}
