import FoundationEssentials
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync

/// A service that is down is no request's fault; a request that makes each request with it fail is.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackOutageTests {
    /// What rests is due at once, and may fail so often.
    private func hurry(_ hub: CallbackHub, attempts: Int) async throws {
        try await hub.database.execute(Statement("", "UPDATE hub.job_later SET run_at = now(), max_attempts = \(attempts)"))
    }

    @Test func `an outage that is longer than all attempts loses nothing`() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            try await hub.sync()
            hub.sandbox.faults.replace(with: [Fault(.status503, on: .dataverse, path: "$batch")])
            let requests = (0..<3).map { hub.request("+35850\(7_000_000 + $0)") }
            try await hub.run(CallbackJobs.poll)
            for _ in 0..<6 {
                let struck = hub.sandbox.faults.struck["dataverse.status503"] ?? 0
                try await hurry(hub, attempts: 2)
                try await eventually("the requests were tried and rest") {
                    let resting = try await hub.count("SELECT count(*) FROM hub.job_later WHERE run_at > now()")
                    return resting == 3 && (hub.sandbox.faults.struck["dataverse.status503"] ?? 0) > struck
                }
            }
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .degraded)
            for request in requests {
                #expect(try await hub.state(request) == "pending")
                #expect(try await hub.column("error_code", of: request) == "unavailable")
                #expect(try await hub.story(request).filter { $0 == "retry(unavailable)" }.count == 1)
            }
            hub.sandbox.faults.replace(with: [])
            try await hurry(hub, attempts: 2)
            try await hub.quiet()
            for request in requests { #expect(hub.records(request).count == 1) }
            #expect(hub.readiness["tenant demo: dynamics"]?.state == .ready)
            #expect(try await hub.count("SELECT count(*) FROM hub.job_dead") == 0)
        }
    }

    @Test func `one that makes each request with it fail dies alone`() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            try await hub.sync()
            let poison = hub.request("+358507777777")
            hub.sandbox.faults.replace(
                with: [Fault(.status502, on: .dataverse, path: "$batch", body: "\"enr_callbackid\":\"\(poison.lowercase)\"")])
            let companions = (0..<6).map { hub.request("+35850\(7_100_000 + $0)") }
            try await hub.run(CallbackJobs.poll)
            try await eventually(within: .seconds(30), "the companions are written") {
                try await hurry(hub, attempts: 4)
                return try await hub.count("SELECT count(*) FROM hub.callback WHERE state = 'written'") == companions.count
            }
            #expect(try await hub.state(poison) == "pending")
            var others: [UUID] = []
            let deadline = ContinuousClock.now + .seconds(60)
            while try await hub.state(poison) == "pending", ContinuousClock.now < deadline {
                others.append(hub.request("+35850\(7_200_000 + others.count)"))
                try await hub.run(CallbackJobs.poll)
                try await hurry(hub, attempts: 4)
                try await eventually(within: .seconds(30), "the other is written") {
                    try await hub.state(others[others.count - 1]) == "written"
                }
                // Others may be through long before its own request has failed.
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(try await hub.state(poison) == "dead(gave_up)")
            #expect(hub.records(poison).isEmpty)
            for request in companions + others { #expect(hub.records(request).count == 1) }
        }
    }
}
