import Metrics
import Postgres
import Synchronization

/// What every program shows of itself beside its process; docs/metrics.md lists the names.
enum ProgramMetrics {
    static func build(_ identity: InstanceIdentity) {
        Gauge(label: "trunkline.build.info", dimensions: [("program", identity.program), ("version", identity.version)]).record(1)
    }

    static func pool(_ status: DatabaseStatus, limit: Int, isThere: Bool) {
        for (state, count) in [
            ("used", status.open - status.idle), ("idle", status.idle), ("opening", status.opening),
        ] {
            Gauge(label: "trunkline.database.connections", dimensions: [("state", state)]).record(count)
        }
        Gauge(label: "trunkline.database.connections.limit").record(limit)
        Gauge(label: "trunkline.database.waiting").record(status.waiting)
        Gauge(label: "trunkline.database.connected").record(isThere ? 1 : 0)
    }

    static func schema(found: Int?, known: Int) {
        Gauge(label: "trunkline.schema.known.version").record(known)
        if let found { Gauge(label: "trunkline.schema.version").record(found) }
    }

    /// How old figures from the database are.
    static func age(_ seconds: Double, of figures: String) {
        Gauge(label: "trunkline.figures.age.seconds", dimensions: [("figures", figures)]).record(seconds)
    }

    /// - Parameter until: seconds since 1970.
    static func certificate(_ name: String, until: Double) {
        Gauge(label: "trunkline.certificate.expiry.timestamp.seconds", dimensions: [("certificate", name)]).record(until)
    }

    static func health(_ check: String, _ severity: Int) {
        Gauge(label: "trunkline.health", dimensions: [("check", check)]).record(severity)
    }
}

/// The checks of `/health/ready` as a gauge each. One that is gone counts as well: a series that vanishes would keep its last value in graphs.
final class HealthFigures: Sendable {
    private let readiness: Readiness
    private let seen = Mutex<Set<String>>([])

    init(_ readiness: Readiness) { self.readiness = readiness }

    func collect() {
        let checks = readiness.report().checks
        let gone = seen.withLock { seen in
            defer { seen.formUnion(checks.map(\.name)) }
            return seen.subtracting(checks.map(\.name))
        }
        for check in checks { ProgramMetrics.health(check.name, check.state.severity) }
        for name in gone { ProgramMetrics.health(name, Readiness.State.ready.severity) }
    }
}

extension Readiness.State {
    /// 0 works, 1 somebody should look, 2 does not work.
    fileprivate var severity: Int {
        switch self {
        case .ready: 0
        case .degraded: 1
        case .unready: 2
        }
    }
}
