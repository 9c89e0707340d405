import Foundation
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

    /// When the last key of each tenant with rules in force ends, in seconds since 1970: infinite when one never does, 0 when there is none.
    static func keys(_ keys: [ApiKeyStore.Valid], of tenants: [Int32: TenantRoutes]) {
        for (id, routes) in tenants where routes.program != nil {
            let ends = keys.filter { $0.tenant == id }.map { $0.expiresAt?.timeIntervalSince1970 ?? .infinity }
            Gauge(label: "trunkline.route.key.expiry.timestamp.seconds", dimensions: [("tenant", routes.name)])
                .record(ends.max() ?? 0)
        }
    }

    /// Something of a tenant could not be read.
    static func readFailed(_ tenant: String) {
        Counter(label: "trunkline.route.reads.failed", dimensions: [("tenant", tenant)]).increment()
    }

    /// Seconds since everything in memory was last known to be current, and decisions that wait to be written.
    static func state(age: Double, waiting: Int) {
        Gauge(label: "trunkline.route.age").record(age)
        Gauge(label: "trunkline.route.decisions.waiting").record(waiting)
    }

    static let decisionsWritten = Counter(label: "trunkline.route.decisions.written")
    static let decisionsDropped = Counter(label: "trunkline.route.decisions.dropped")

    /// Shows the counters from the start: of one that appears with its first count, the increase is never seen.
    static func begin() { for counter in [decisionsWritten, decisionsDropped] { counter.increment(by: 0) } }
}

/// Counted on the event loops.
final class RouterCounters: Sendable {
    private let routed = Counter(label: "trunkline.route.answers", dimensions: [("outcome", "route")])
    private let ended = Counter(label: "trunkline.route.answers", dimensions: [("outcome", "disconnect")])
    private let standard: [RouteDecision.Reason: Counter]
    private let refusals: [Int: Counter]
    private let away = Counter(label: "trunkline.route.connections.refused")
    private let latency = Timer(label: "trunkline.route.latency")

    init() {
        let reasons: [RouteDecision.Reason] = [
            .rule, .noRule, .sameNumber, .arrived, .noRules, .loading, .stale, .shed, .deadline, .lookupFailed,
        ]
        standard = Dictionary(
            uniqueKeysWithValues: reasons.map {
                ($0, Counter(label: "trunkline.route.answers", dimensions: [("outcome", "standard"), ("reason", $0.rawValue)]))
            })
        refusals = Dictionary(
            uniqueKeysWithValues: Refusal.allCases.map {
                ($0.rawValue, Counter(label: "trunkline.route.refusals", dimensions: [("status", "\($0.rawValue)")]))
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

    /// A connection beyond the limit was closed.
    func turnedAway() { away.increment() }

    func refused(_ status: Int) { refusals[status]?.increment() }
}
