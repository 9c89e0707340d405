internal import FoundationEssentials
internal import Metrics

/// What a worker counts. Names are an API: docs/metrics.md lists them.
struct JobMetrics: Sendable {
    private let finished: [String: Counter]
    private let run: Timer
    private let wait: Timer

    static let outcomes = ["done", "retry", "dead", "snooze", "cancelled"]

    init(kind: String) {
        finished = Dictionary(
            uniqueKeysWithValues: Self.outcomes.map {
                ($0, Counter(label: "trunkline_jobs_finished", dimensions: [("kind", kind), ("outcome", $0)]))
            })
        run = Timer(label: "trunkline_jobs_run", dimensions: [("kind", kind)])
        wait = Timer(label: "trunkline_jobs_wait", dimensions: [("kind", kind)])
        // Shown from the start: of a counter that appears with its first count, the increase is never seen.
        for counter in [Self.fenced, Self.lost] { counter.increment(by: 0) }
    }

    func record(_ call: FinishedCall, duration: Duration) {
        run.recordNanoseconds(duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000)
        // One call, one wait: that of its first job.
        if let first = call.jobs.first {
            wait.recordNanoseconds(Int64(max(0, -first.enqueuedAt.timeIntervalSinceNow) * 1e9))
        }
        var counts: [String: Int] = [:]
        for outcome in call.outcomes { counts[outcome.label, default: 0] += 1 }
        for (label, count) in counts { finished[label]?.increment(by: count) }
    }

    /// Jobs whose result was dropped because others had them by then.
    static let fenced = Counter(label: "trunkline_jobs_fenced")
    /// Workers of this process that were given up for lost.
    static let lost = Counter(label: "trunkline_jobs_worker_lost")
}

extension JobOutcome {
    var label: String {
        switch self {
        case .done: "done"
        case .retry: "retry"
        case .dead: "dead"
        case .snooze: "snooze"
        case .cancelled: "cancelled"
        }
    }
}
