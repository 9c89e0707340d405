import Metrics

/// What became of spans; docs/metrics.md lists the names.
enum TraceMetrics {
    enum Loss: String, CaseIterable {
        /// Too many waited: the receiver is away or too slow.
        case full
        /// The receiver would not have them.
        case refused
        /// The receiver could not be reached in several tries.
        case unreachable
        /// The program ended before they could be sent.
        case stopped
    }

    /// Shows that traces are on, before anything happened.
    static func begin() {
        exported(0)
        for reason in Loss.allCases { dropped(0, reason: reason) }
    }

    static func exported(_ spans: Int) { Counter(label: "trunkline.traces.exported").increment(by: Int64(spans)) }

    static func dropped(_ spans: Int, reason: Loss) {
        Counter(label: "trunkline.traces.dropped", dimensions: [("reason", reason.rawValue)]).increment(by: Int64(spans))
    }
}
