import Metrics
import Routing

/// The program's own figures; docs/metrics.md lists them.
enum RouterMetrics {
    static func index(_ tenants: [Int32: TenantRoutes]) {
        for routes in tenants.values {
            guard case .memory(let index) = routes.numbers else { continue }
            Gauge(label: "trunkline.route.index.numbers", dimensions: [("tenant", routes.name)]).record(index.count)
            Gauge(label: "trunkline.route.index.bytes", dimensions: [("tenant", routes.name)]).record(index.bytes)
        }
    }

    /// Seconds since everything in memory was last known to be current, and decisions that wait to be written.
    static func state(age: Double, waiting: Int) {
        Gauge(label: "trunkline.route.age").record(age)
        Gauge(label: "trunkline.route.decisions.waiting").record(waiting)
    }

    static let decisionsWritten = Counter(label: "trunkline.route.decisions.written")
    static let decisionsDropped = Counter(label: "trunkline.route.decisions.dropped")
}

/// Counted on the event loops.
final class RouterCounters: Sendable {
    private let routed = Counter(label: "trunkline.route.answers", dimensions: [("outcome", "route")])
    private let ended = Counter(label: "trunkline.route.answers", dimensions: [("outcome", "disconnect")])
    private let standard: [RouteDecision.Reason: Counter]
    private let refusals: [Int: Counter]
    private let latency = Timer(label: "trunkline.route.latency")

    init() {
        let reasons: [RouteDecision.Reason] = [
            .rule, .noRule, .sameNumber, .arrived, .noRules, .stale, .shed, .deadline, .lookupFailed,
        ]
        standard = Dictionary(
            uniqueKeysWithValues: reasons.map {
                ($0, Counter(label: "trunkline.route.answers", dimensions: [("outcome", "standard"), ("reason", $0.rawValue)]))
            })
        refusals = Dictionary(
            uniqueKeysWithValues: [400, 401, 404, 405, 408, 413, 414, 417, 431, 501, 505].map {
                ($0, Counter(label: "trunkline.route.refusals", dimensions: [("status", "\($0)")]))
            })
    }

    func decided(_ decision: RouteDecision, nanoseconds: UInt64) {
        switch decision.outcome {
        case .route: routed.increment()
        case .disconnect: ended.increment()
        case .standard: standard[decision.reason]?.increment()
        }
        latency.recordNanoseconds(Int64(clamping: nanoseconds))
    }

    func refused(_ status: Int) { refusals[status]?.increment() }
}
