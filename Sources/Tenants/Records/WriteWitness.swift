package import Jobs
import Synchronization

/// What this instance has seen of its tenants' writes to Dynamics. It tells a service that is down, which is no job's fault, from a record
/// that makes each request with it fail while all else goes well.
package final class WriteWitness: Sendable {
    private struct Tenant {
        /// Batches in which something was written.
        var writes = 0
        var outage: Outage?
        /// By job, the writes there were when a request that carried it alone failed last.
        var failedAlone: [Int64: Int] = [:]
    }

    /// Requests that failed as a whole, and no batch since for which Dynamics answered.
    private struct Outage {
        let since: ContinuousClock.Instant
        var lastSeen: ContinuousClock.Instant
        var rest: Duration

        /// Who rested because of it tries again not much later: where nobody did, it is not known to have lasted. Another instance may have
        /// found the service up.
        func lasts(until began: ContinuousClock.Instant) -> Bool { began - lastSeen < max(rest * 4, .seconds(60)) }
    }

    /// Jobs remembered of a tenant. When there are more all are forgotten, which spares each one attempt.
    private static let most = 10_000

    private let tenants = Mutex<[String: Tenant]>([:])

    package init() {}

    /// Something was written: the service is up.
    package func wrote(_ name: String) {
        tenants.withLock { tenants in
            tenants[name, default: Tenant()].writes += 1
            tenants[name]?.outage = nil
        }
    }

    /// Nothing was written and nothing failed, and Dynamics answered: the service is up.
    package func answered(_ name: String) { tenants.withLock { $0[name]?.outage = nil } }

    /// Requests failed as a whole and nothing was written.
    ///
    /// - Parameter began: when the attempt began, which may have waited minutes for its answers; nil: now.
    /// - Returns: how long the jobs rest.
    package func failed(
        _ name: String, began: ContinuousClock.Instant? = nil, at now: ContinuousClock.Instant = .now
    ) -> Duration {
        tenants.withLock { tenants in
            let known = tenants[name]?.outage.flatMap { $0.lasts(until: began ?? now) ? $0 : nil }
            let since = known?.since ?? now
            let rest = Self.rest(after: now - since) * Double.random(in: 0.75...1.25)
            tenants[name, default: Tenant()].outage = Outage(since: since, lastSeen: now, rest: rest)
            return rest
        }
    }

    /// A quarter of the time that it has lasted, 1 s to 2 min: so everything goes on soon after the service is back, and a long outage is
    /// asked about seldom.
    static func rest(after outage: Duration) -> Duration { min(max(outage / 4, .seconds(1)), .seconds(120)) }

    /// Whether a job is to blame whose request failed as a whole with nothing else in it: something of the tenant's was written since that
    /// happened to it before.
    package func blames(_ job: Job, of name: String) -> Bool {
        tenants.withLock { tenants in
            var tenant = tenants[name] ?? Tenant()
            let before = tenant.failedAlone[job.id]
            if tenant.failedAlone.count >= Self.most { tenant.failedAlone = [:] }
            tenant.failedAlone[job.id] = tenant.writes
            tenants[name] = tenant
            return before.map { $0 < tenant.writes } ?? false
        }
    }
}
