import EmbeddedPostgres
import Foundation
import Postgres
import Routing
import Synchronization

/// Stops PostgreSQL for a while, and finds out when the router is itself again.
final class Recovery: Sendable {
    private let hub: BenchHub
    private let tenant: Int32
    private let port: Int
    private let question: Question
    private let times = Mutex((stopped: 0.0, resumed: ContinuousClock.now))

    init(hub: BenchHub, tenant: Int32, router: Server, question: Question) {
        (self.hub, self.tenant, self.question) = (hub, tenant, question)
        port = router.port
    }

    /// Seconds for which there was no database.
    var stopped: Double { times.withLock { $0.stopped } }

    func outage(seconds: Double) async throws {
        let clock = ContinuousClock()
        try await hub.postgres.interrupt(.immediate)
        let began = clock.now
        try await clock.sleep(for: .seconds(seconds))
        let stopped = Double(began.duration(to: clock.now) / .milliseconds(1)) / 1000
        try await hub.postgres.resume()
        times.withLock { $0 = (stopped, clock.now) }
    }

    /// From the moment at which the database took connections again until rules that were applied after that count. The rules let the call stay.
    func seconds() async throws -> Double {
        let clock = ContinuousClock()
        func apply(_ rules: String) async throws {
            while true {
                do {
                    try await hub.database.withTransaction { [tenant] in
                        _ = try await RuleSetStore.apply(
                            rules, rules: 1, tenant: tenant, after: nil, who: "bench", note: nil, on: $0)
                    }
                    return
                } catch is PostgresError {
                    try await clock.sleep(for: .milliseconds(20))
                }
            }
        }
        func answers(_ status: Int) async throws {
            var other = question
            other.status = status
            while try await Load(port: port, questions: [other]).closed(connections: 1, seconds: 0.01).flaw != nil {
                guard times.withLock({ $0.resumed }).duration(to: clock.now) < .seconds(60) else {
                    throw BenchError("the router did not recover within 60 s")
                }
            }
        }
        try await apply("rules: [{name: stay, when: {caller: known}, to: default}]")
        try await answers(204)
        let took = Double(times.withLock { $0.resumed }.duration(to: clock.now) / .milliseconds(1)) / 1000
        try await apply(BenchHub.rules)
        try await answers(200)
        return took
    }
}
